import asyncio
import functools


class Place:  # @class
    def method(self):  # @method
        return 1


def decorate(function):
    @functools.wraps(function)
    def wrapper():
        return function()

    return wrapper


@decorate  # @decorated
def decorated():
    return Place()


def generate():  # @generator
    yield 1


async def wait():  # @coroutine
    return 1


def main():
    buffer = bytearray(b"0123456789")
    fixed = b"fixed"
    method, waiting, running, partial = Place().method, wait(), generate(), functools.partial(generate, 1)
    print(buffer.decode())  # @first
    print(buffer.decode())  # @second
    buffer.append(33)
    waiting.close()
    return method, fixed, running, partial, asyncio


main()
