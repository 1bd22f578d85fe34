"""Small functions to step through; each line that a test names carries a marker."""

import asyncio
import contextlib
import functools
import json


def add(a, b):
    total = a + b  # @add_body
    return total  # @add_return


def calls():
    x = 1  # @calls_start
    y = add(x, 2)  # @calls_call
    return y  # @calls_end


def rec(n):
    if n < 2:  # @rec_if
        return n  # @rec_leaf
    return rec(n - 1) + rec(n - 2)  # @rec_sum


def recursion():
    first = 0  # @recursion_start
    first = rec(3)  # @recursion_call
    return first  # @recursion_end


def fails():
    raise ValueError("no")  # @fails_raise


def middle():
    fails()  # @middle_call
    return 1  # @middle_after


def handled():
    try:  # @handled_try
        middle()  # @handled_call
    except ValueError:  # @handled_except
        seen = True  # @handled_body
    finally:
        done = True  # @handled_finally
    return seen, done  # @handled_end


def suppressed():
    with contextlib.suppress(ValueError):  # @suppressed_with
        fails()  # @suppressed_call
    return 2  # @suppressed_end


def numbers():
    yield 1  # @numbers_one
    yield 2  # @numbers_two


def consumes():
    total = 0  # @consumes_start
    for number in numbers():  # @consumes_for
        total += number  # @consumes_body
    return total  # @consumes_end


def closing():
    try:
        yield 1  # @closing_yield
    finally:
        cleaned = True  # @closing_finally
        del cleaned  # @closing_last


def drops():
    for one in closing():  # @drops_for
        break  # @drops_break
    after = one  # @drops_after
    return after  # @drops_end


def comprehension():
    before = 3  # @comprehension_start
    squares = [n * n for n in range(before)]  # @comprehension_line
    return squares  # @comprehension_end


def square(n):
    result = n * n  # @square_body
    return result


def long_comprehension():
    before = 2  # @long_before
    squares = [  # @long_start
        square(n)  # @long_element
        for n in range(before)
    ]
    return squares  # @long_end


def one_line_comprehension():
    return [square(n) for n in (1, 2)]  # @one_line


def one_line_generator():
    return sum(square(n) for n in (1, 2))  # @one_line_sum


async def answer():
    await asyncio.sleep(0)  # @answer_await
    value = 42  # @answer_value
    return value  # @answer_return


async def asks():
    one = await answer()  # @asks_await
    return one  # @asks_return


def runs_loop():
    before = 0  # @loop_start
    before = asyncio.run(asks())  # @loop_run
    return before  # @loop_end


async def ticks():
    for n in range(2):  # @ticks_for
        await asyncio.sleep(0)  # @ticks_await
        yield n  # @ticks_yield


async def listens():
    heard = []  # @listens_start
    async for n in ticks():  # @listens_for
        heard.append(n)  # @listens_body
    return heard  # @listens_end


def runs_listener():
    return asyncio.run(listens())


def decorated():
    @functools.lru_cache  # @decorated_decorator
    def inner(n):
        return n + 1  # @decorated_inner

    value = inner(1)  # @decorated_call
    return value  # @decorated_end


def key(item):
    return -item  # @key_body


def calls_back():
    items = [1, 2]  # @back_start
    items = sorted(items, key=key)  # @back_sorted
    return items  # @back_end


def library():
    data = json.dumps({"a": 1})  # @library_call
    return data  # @library_end


def anonymous():
    double = lambda n: n * 2  # @anonymous_lambda
    value = double(3)  # @anonymous_call
    return value  # @anonymous_end


class Guard:
    def __enter__(self):
        return self  # @guard_enter

    def __exit__(self, *details):
        return False  # @guard_exit


def guards():
    with Guard():  # @guards_with
        inside = 1  # @guards_inside
    return inside  # @guards_end


def matches():
    subject = {"kind": "b"}  # @matches_start
    match subject:  # @matches_match
        case {"kind": "a"}:  # @matches_a
            return 1
        case {"kind": "b"}:  # @matches_b
            return 2  # @matches_found


def helper(number):
    return -number  # @helper_body


def ends_in_a_call(number):
    return helper(number)


async def short():
    await asyncio.sleep(0)  # @short_await
    return 1  # @short_end


async def starts_task():
    task = asyncio.ensure_future(short())  # @task_start
    result = await task  # @task_await
    return result  # @task_end


def runs_task():
    return asyncio.run(starts_task())


async def gathers():
    both = await asyncio.gather(short(), short())  # @gather_await
    return both  # @gather_end


def runs_gather():
    return asyncio.run(gathers())


@contextlib.contextmanager
def managed():
    begun = 1  # @managed_begin
    yield begun  # @managed_yield
    ended = 1  # @managed_finish
    del ended


def uses_managed():
    with managed() as value:  # @uses_with
        inside = value  # @uses_inside
    return inside  # @uses_end


def delegates():
    yield from numbers()  # @delegates_from
    yield 3  # @delegates_own


def consumes_delegated():
    found = list(delegates())  # @delegated_list
    return found  # @delegated_end


class AsyncGuard:
    async def __aenter__(self):
        return self  # @aenter

    async def __aexit__(self, *details):
        await asyncio.sleep(0)  # @aexit_await
        return False  # @aexit_end


async def guarded():
    async with AsyncGuard():  # @guarded_with
        inside = 1  # @guarded_inside
    return inside  # @guarded_end


def runs_guarded():
    return asyncio.run(guarded())


async def fails_later():
    await asyncio.sleep(0)  # @fails_later_await
    raise ValueError("no")  # @fails_later_raise


async def handles():
    try:
        await fails_later()  # @handles_await
    except ValueError:  # @handles_except
        seen = True  # @handles_body
    return seen  # @handles_end


def runs_handles():
    return asyncio.run(handles())


async def collects():
    found = [n async for n in ticks()]  # @collects_all
    return found  # @collects_end


def runs_collects():
    return asyncio.run(collects())


def makes_counter():
    count = 0

    def counter():
        nonlocal count
        count += 1  # @counter_body
        return count

    return counter  # @makes_end


def closures():
    counter = makes_counter()  # @closures_make
    first = counter()  # @closures_call
    return first  # @closures_end


def raising_generator():
    yield 1  # @raising_yield
    raise ValueError("no")  # @raising_raise


def consumes_raising():
    try:
        for one in raising_generator():  # @raising_for
            last = one  # @raising_body
    except ValueError:  # @raising_except
        last = 0  # @raising_handled
    return last  # @raising_end
