"""Containers, one of which is watched now and then: `script.watch(container)` and `script.unwatch()` are the test's."""

import threading


def fills(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1  # @fills
    return counts


def others(script):
    script.watch({"tea": 1})
    for _ in range(3):
        fills(["tea", "milk", "tea"])
    script.unwatch()


def began_before(script):
    counts = {}
    for number in range(3):
        counts["tea"] = number  # @before
        if number == 0:
            script.watch(counts)
        fills(["tea"])


def recurses(script, levels=3):
    own = {"tea": levels}
    if levels == 0:
        script.watch(own)
    else:
        recurses(script, levels - 1)
    own["tea"] = levels + 10  # @own


def generates(script):
    def writes():
        own = {}
        while True:
            yield own
            own["tea"] = len(own)  # @yielded

    waiting, other = writes(), writes()
    script.watch(next(waiting))
    next(other)
    next(other)
    next(waiting)


def in_thread(script):
    begun, go_on = threading.Event(), threading.Event()

    def writes():
        own = {"tea": 0}
        boxes.append(own)
        begun.set()
        go_on.wait()
        own["tea"] = 1  # @threaded

    boxes = []
    thread = threading.Thread(target=writes)
    thread.start()
    begun.wait()
    script.watch(boxes[0])
    fresh = threading.Thread(target=lambda: fills(["tea"]))
    fresh.start()
    fresh.join()
    go_on.set()
    thread.join()


def disguises(script):  # noqa: PLR0915
    prices = {"tea": 0}

    def rebound(given):
        own = {}
        own = given
        own["tea"] = 1  # @rebound

    def swapped(given):
        own, other = {}, given
        own, other = other, own
        own["tea"] = 2  # @swapped

    def chosen(given, first):
        own = {}
        (own if first else given)["tea"] = 3  # @chosen

    def in_turn(given):
        own = {}
        for own in (own, given):  # noqa: B020
            own["tea"] = 4  # @in_turn

    def shared(given):
        own = {}

        def choose():
            nonlocal own
            own = given

        choose()
        own["tea"] = 5  # @shared

    def caught(given):
        own = {}
        try:
            own = given
            own.missing
        except AttributeError:
            own["tea"] = 6  # @caught

    def method(given):
        own = {}
        (own.update if not given else given.update)(tea=7)  # @method

    def masked(given):
        own = {}  # noqa: F841
        return [own.__setitem__("tea", 8) for own in [given]]  # @masked

    def inner(given):
        own = {"given": given}
        own["given"]["tea"] = 9  # @inner

    def walrus(given):
        own = {}
        (own := given)["tea"] = 10  # noqa: F841  # @walrus

    script.watch(prices)
    rebound(prices)
    swapped(prices)
    chosen(prices, True)
    chosen(prices, False)
    in_turn(prices)
    shared(prices)
    caught(prices)
    method(prices)
    masked(prices)
    inner(prices)
    walrus(prices)


def assigned(script):
    prices = {"tea": 0}
    script.watch(prices)
    takes(prices)


def takes(given):
    own = {}
    own["tea"] = 1  # @stop
    own["tea"] = 2  # @taken
    return given
