"""Threads to stop, step and pause."""

import _thread
import threading
import weakref

ready = threading.Event()
go_on = threading.Event()


def work(numbers):
    total = 0  # @work_start
    for n in range(3):
        total += n  # @work_body
    numbers.append(total)  # @work_end


def two_threads():
    numbers = []
    workers = [threading.Thread(target=work, args=(numbers,), name=f"worker-{n}") for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return numbers


def spin():
    ready.set()
    while not go_on.is_set():
        spinning = True  # @spin_body
    return spinning


def spins():
    ready.clear()
    go_on.clear()
    worker = threading.Thread(target=spin, name="spinner")
    worker.start()
    ready.wait()
    paused = 1  # @spins_pause
    worker.join()  # @spins_join
    return paused


class Thing:
    pass


def report(reference):
    """Replaced by the test."""


def uses(thing):
    used = [thing]
    del thing  # @uses_del
    return len(used)


def holds_and_drops():
    thing = Thing()
    reference = weakref.ref(thing)
    size = uses(thing)
    thing = size  # @drops_it
    report(reference)
    other = Thing()
    reference = weakref.ref(other)
    size = uses(other)
    other = None
    report(reference)
    return size


def runs_raw(done):
    started = 1  # @raw_start
    done.append(started)  # @raw_end
    done[0].release()


def raw_thread():
    lock = _thread.allocate_lock()
    lock.acquire()
    _thread.start_new_thread(runs_raw, ([lock],))
    lock.acquire()
