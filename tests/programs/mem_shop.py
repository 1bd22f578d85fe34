"""A program that leaks what it serves, for the memory requests."""

import threading

HANDLERS = []
CACHE = {}


class Request:  # @request_class
    def __init__(self, user):
        self.user = user
        self.items = [1, 2]


class Shop:
    __slots__ = ("last",)
    limit = None


def attach(request):
    def handler():
        return request

    HANDLERS.append(handler)


def serve(user):
    request = Request(user)
    attach(request)
    CACHE["newest"] = request
    shop = Shop()
    shop.last = request
    return leave(request, shop)  # @serving


def leave(request, shop):
    seen = [request, None, request]
    count = len(seen)  # @leaving
    return count, shop


def fail(request):
    error = ValueError(request)
    raise error  # @raising


def refused(request):
    try:
        fail(request)
    except ValueError as caught:
        return caught.args  # @handling


def wait(entered, leave_now, argument):
    entered.set()
    leave_now.wait()
    return argument


def in_two_threads():
    request = Request("shared")
    entered, leave_now = threading.Event(), threading.Event()
    thread = threading.Thread(target=wait, args=(entered, leave_now, request))
    thread.start()
    entered.wait()
    waiting = True  # @two_threads
    leave_now.set()
    thread.join()
    return waiting


serve("ann")
refused(Request("bob"))
in_two_threads()
HANDLERS.clear()
CACHE.clear()
gone = True  # @gone
