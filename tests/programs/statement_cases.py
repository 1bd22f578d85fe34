"""Lines with several statements, and statements with several lines, to step through."""

# fmt: off


def seen(value, *more):
    return value


def three():
    a = 1; b = seen(2); seen(3)  # @three
    return seen(a)  # @three_end


def one_line_if(x):
    if x: seen(1); seen(2)  # @if
    else: seen(3)  # @else
    return x  # @if_end


def one_line_loop():
    total = 0  # @loop_start
    for n in range(2): total = seen(n); seen(n)  # @loop
    return seen(total)  # @loop_end


def long_call():
    value = seen(  # @long
        seen(1),  # @long_first
        seen(2),  # @long_second
    ); seen(3)  # @long_after
    return value  # @long_end


def long_call_in_loop():
    n = 0  # @again_start
    while n < 2:  # @again_while
        n = seen(  # @again
            n + 1,  # @again_inner
        )
    return n  # @again_end


def short(): a = 1; b = 2; return seen(a)  # @short


def calls_short():
    x = short(); y = short(); return seen(x)  # @calls_short


def handled():
    try: seen(1); raise ValueError  # @try
    except ValueError: seen(2); seen(3)  # @except
    finally: seen(4); seen(5)  # @finally
    return 1  # @handled_end


def passes_on():
    try: seen(1); fails(); seen(2)  # @passes_try
    except ValueError: pass  # @passes_except
    return 1  # @passes_end


def fails(): seen(1); raise ValueError  # @fails


def with_one_line(manager):
    with manager: seen(1); seen(2)  # @with
    return 1  # @with_end


def nested():
    def inner(): seen(1); return 2  # @inner
    x = [seen(n) for n in range(2)]; y = inner(); return seen(x)  # @nested


def ends_within_lines():
    ends_inner(); seen(2)  # @ends_within_lines


def ends_inner():
    v = 0; ends_deep()  # @ends_inner


def ends_deep():
    return 1  # @ends_deep


def continues():
    n = 3
    while (n := n - 1): seen(n); continue  # @continues
