"""Several places to stop at on one line. Never changed by what runs."""


class Chain:
    def __init__(self):
        self.calls = 0

    def first(self):
        self.calls += 1
        return self

    def second(self, number):
        self.calls += number
        return self


def double(number):
    return number * 2


def places(numbers):
    one = 1; two = double(one); three = one + two  # @statements
    if three: two = 3  # @if_line
    chain = Chain().first().second(double(2)).first()  # @chain
    twice = lambda number: double(number)  # @lambda
    squares = [double(n) for n in numbers if n > 1]  # @listcomp
    total = sum(n + 1 for n in numbers)  # @genexpr
    for n in numbers: total += n; two -= n  # @loop
    try: double(0)  # @try
    finally: one = 3; two = 4  # @finally
    text = "äöü€𝄞"; one = len(text)  # @unicode
    (chain
        .first()  # @first_dot
        .second(1))  # @second_dot
    # nothing here  # @nothing
    return twice(1), squares, total, one, two


class Shape: sides = 4; corners = double(2)  # @class_line


def one_line(x): """Documented."""; y = x; return y  # @def_line


if __name__ == "__main__":
    places([1, 2, 3])
