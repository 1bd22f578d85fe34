"""Lines to jump between."""

import threading


def straight(log):
    log.append("one")  # @one
    log.append("two")  # @two

    # @comment
    log.append("three")  # @three
    return log  # @straight_end


def loops(log):
    for n in range(2):  # @loop
        log.append(n)  # @loop_body
    with threading.Lock():
        log.append("with")  # @with_body
    try:
        raise ValueError
    except ValueError:
        log.append("except")  # @except_body
    log.append("after")  # @after_loop
    return log  # @loops_end


def unset(log):
    log.append("begin")  # @unset_begin
    late = 1
    log.append("end")  # @unset_end
    return late


def counts(log, times):
    log.append(times)  # @counts_begin
    times -= 1
    return times  # @counts_end


def makes(log):
    captured = log

    def inner():
        return captured  # @inner_line

    def one_line(): captured.append("x"); return captured  # noqa: E701, E702 # @one_line

    inner()
    one_line()  # @makes_end
    return log


def numbers(log):
    log.append("first")  # @numbers_begin
    yield 1
    log.append("second")  # @numbers_second
    yield 2


def consumes(log):
    return list(numbers(log))


def raises(log):
    raise ValueError("no")  # @raises


if __name__ == "__main__":
    print(straight([]))
    print(counts([], 2))
