"""Boxes, one of which is watched now and then: `script.watch(box)` and `script.unwatch()` come from the test."""

import threading


class Box:
    def __init__(self):
        self.count = 0

    def add(self, amount):
        self.count += amount  # @added
        return self.count


def grow(box):
    box.count += 1  # @grow
    return box.count


def never():
    return None  # @never


def calls(box, others):
    for other in others:
        grow(other)
        other.add(1)
    return grow(box)  # @calls


def switches(script):
    for _ in range(3):
        box, others = Box(), [Box() for _ in range(20)]
        calls(box, others)
        script.watch(box)
        for _ in range(3):
            calls(box, others)
        script.unwatch()
        for _ in range(3):
            calls(box, others)


def generates(script):
    def write(box):
        for _ in range(3):
            box.count += 1  # @yields
            yield box

    box, other = Box(), Box()
    mine, its = write(box), write(other)
    next(mine), next(its)
    script.watch(box)
    next(its)
    next(mine)
    script.unwatch()
    next(mine), next(its)


def recurses(script):
    def deep(box, levels):
        if levels == 0:
            script.watch(box)
        else:
            deep(box, levels - 1)
            box.count += 1  # @back

    deep(Box(), 50)


def in_threads(script):
    begun, go_on = threading.Barrier(4), threading.Event()

    def waits(box):
        begun.wait()
        go_on.wait()
        for _ in range(100):
            grow(box)

    def writes(box):
        begun.wait()
        go_on.wait()
        box.count += 1  # @threaded

    box = Box()
    threads = [threading.Thread(target=waits, args=(Box(),)) for _ in range(2)]
    threads.append(threading.Thread(target=writes, args=(box,)))
    for thread in threads:
        thread.start()
    begun.wait()
    script.watch(box)
    go_on.set()
    for thread in threads:
        thread.join()


def writes_to_others(script):
    def write(box):
        box.count += 1  # @others

    script.watch(Box())
    for _ in range(3):
        write(Box())


def disguises(script):
    box, other = Box(), Box()

    def rebound(one):
        one = box
        one.count += 1  # @rebound

    def shared(one):
        def choose():
            nonlocal one
            one = box

        choose()
        one.count += 1  # @shared

    def starred(*boxes):
        boxes[0].count += 1  # @starred

    def swapped(one, another):
        one.count, another.count = 7, one.count + another.count - 6  # @swapped

    def chosen(one, another, first):
        (one if first else another).count += 1  # @chosen

    def deleted(one):
        del one.count  # @deleted

    script.watch(box)
    rebound(other)
    shared(other)
    starred(box)
    other.count = 7
    swapped(other, box)
    chosen(other, box, True)
    chosen(other, box, False)
    deleted(box)
    script.unwatch()
