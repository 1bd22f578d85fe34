"""Places where breakpoints are set. Never changed by what runs."""
import functools  # @import


def plain(numbers):  # @plain_def
    """A docstring has no code."""  # @plain_doc
    total = 0  # @plain_first
    # only a comment  # @plain_comment
    for number in numbers:  # @plain_loop
        total += number  # @plain_body

    return total  # @plain_return
    # a comment that still belongs to plain  # @plain_end


def long_signature(  # @long_def
    first,  # @long_first
    second=len("default"),  # @long_default
):
    return (first,  # @long_return
            second)  # @long_second


@functools.cache  # @decorator
def decorated():  # @decorated_def
    return 1  # @decorated_body


class Shape:  # @class
    sides = 0  # @class_body

    def area(self):  # @area_def
        # nothing here yet  # @area_comment
        return 0  # @area_body

    # the end of the class  # @class_end


def one_liners(values):
    twice = lambda value: value * 2  # @lambda
    squares = [value * value for value in values]  # @listcomp
    cubes = {value: value ** 3  # @dictcomp_first
             for value in values  # @dictcomp_for
             if value}  # @dictcomp_if
    if (len(squares) and  # @and_first
            len(cubes)):  # @and_second
        pass  # @pass
    return twice(len(squares))  # @one_return


def outer():
    # comment before the inner function  # @outer_comment
    def inner():  # @inner_def
        pass  # @inner_body
    return inner  # @outer_return


def generator(count):
    for index in range(count):  # @generator_loop
        yield index  # @generator_yield


plain([1, 2])  # @call_plain
long_signature(1)
decorated()
Shape().area()
one_liners([0, 1, 2])
outer()()
list(generator(2))
# the end of the file  # @file_end
