# A stack with all that makes columns difficult. `stop(name)` is given by the test.


def statement(value):
    stop("statement"); other = value + 1  # @statement
    return other


def call_in_expression():
    result = [1, stop("call")]  # @call
    return result


def wide():
    ä, 𝒳 = "ä𝒳", stop("wide")  # @wide
    return ä, 𝒳


def many_lines():
    return dict(  # @first
        one=1,
        two=stop("many"),  # @second
    )


class Shop:
    class Cart:
        def add(self):
            return (lambda: stop("nested"))()  # @nested


def run():
    statement(1)  # @run_statement
    call_in_expression()
    wide()
    many_lines()
    Shop.Cart().add()
    [stop("comprehension") for _ in (1,)]  # @comprehension
