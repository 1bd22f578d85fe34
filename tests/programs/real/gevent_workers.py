from gevent import monkey

monkey.patch_all()

import socket
import threading
import time

import gevent

log = []


def rest(name):
    time.sleep(0.001)  # @rest
    log.append(name)  # @rested


def worker(name, rounds):
    done = 0
    for number in range(rounds):  # @loop
        rest(name)  # @work
        done += 1  # @done
    return done  # @worker_end


def threads():
    thread = threading.Thread(target=worker, args=("thread", 2), name="a greenlet")
    thread.start()  # @start_thread
    thread.join()
    return thread.ident  # @joined


def main():
    greenlets = [gevent.spawn(worker, name, 3) for name in "abc"]  # @spawned
    gevent.joinall(greenlets)  # @join
    total = sum(greenlet.value for greenlet in greenlets)  # @total
    threads()
    left, right = socket.socketpair()
    gevent.spawn_later(0.01, left.send, b"late")
    text = right.recv(10)  # @received
    print(total, len(log), text.decode(), flush=True)


main()
