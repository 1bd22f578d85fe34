"""Exceptions on long ways: through coroutines, tasks, threads, generators and context managers."""

import asyncio
import contextlib
import functools
import threading
from concurrent.futures import ThreadPoolExecutor


def fail():
    raise ValueError("here")  # @fails


async def fail_soon():
    await asyncio.sleep(0)
    raise ValueError("later")  # @fails_soon


def plain():
    fail()


def awaited():
    async def outer():
        await inner()  # @awaits_inner

    async def inner():
        await fail_soon()

    asyncio.run(outer())


def awaited_task():
    async def main():
        await asyncio.create_task(fail_soon())

    asyncio.run(main())


def gathered():
    async def main():
        await asyncio.gather(fail_soon(), asyncio.sleep(0))

    asyncio.run(main())


def in_a_task_group():
    async def main():
        async with asyncio.TaskGroup() as group:  # @task_group
            group.create_task(fail_soon())

    asyncio.run(main())


def awaited_twice():
    async def main():
        task = asyncio.create_task(fail_soon())
        for _ in range(2):
            with contextlib.suppress(ValueError):
                await task  # @awaits_again

    asyncio.run(main())


def in_async_generator():
    async def numbers():
        yield 1
        await fail_soon()

    async def main():
        async for _ in numbers():  # @iterates
            pass

    asyncio.run(main())


def in_async_with():
    @contextlib.asynccontextmanager
    async def manager():
        try:
            yield
        finally:
            await asyncio.sleep(0)

    async def main():
        async with manager():
            await fail_soon()  # @within

    asyncio.run(main())


def in_a_pool():
    with ThreadPoolExecutor(1) as pool:
        pool.submit(fail).result()


def in_a_thread():
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def in_generators():
    def inner():
        yield 1
        fail()

    def outer():
        yield from inner()

    list(outer())  # @lists


def in_comprehension():
    return [fail() for _ in range(3)]


def in_key_function():
    return sorted([2, 1], key=lambda number: fail())


def through_with():
    with contextlib.ExitStack() as stack:
        stack.callback(len, "left")
        fail()


@functools.lru_cache
def cached():
    fail()


def through_cache():
    cached()


def from_another():
    try:
        fail()
    except ValueError as error:
        raise KeyError("other") from error  # @from_another


def again_and_again():
    try:
        try:
            fail()
        except ValueError as error:
            raise error
        finally:
            len("finally")
    except ValueError:
        raise


def kept_and_raised_later():
    kept = []
    try:
        fail()
    except ValueError as error:
        kept.append(error)
    raise kept.pop()


def handled():
    with contextlib.suppress(ValueError):
        fail()
    for one in (fail, fail):
        try:
            one()
        except ValueError:
            continue
