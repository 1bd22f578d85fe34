"""Reading and writing locals: nothing stays behind, in a trace function or outside of one."""

import gc
import sys
import threading

import pytest

from heapsight.debuggee import frames
from heapsight.debuggee.frame_layout import READS_FRAMES, frame_slots, generator_slots, is_executing, variable_names
from heapsight.debuggee.frames import read_locals, release_locals, write_local


class Thing:
    pass


def in_frame(action):
    """Call from a frame with an argument, a local, a cell, a free variable and an unbound name."""
    free = Thing()

    def outer(argument):
        local = Thing()
        cell = Thing()

        def inner():
            return cell, free

        result = action(sys._getframe())
        if result is inner:
            unbound = 1
        return result, argument, local, cell, inner, locals().get("unbound", "unbound"), free

    return outer(Thing())


def under_trace(action):
    """Do the same inside of a trace function, at a line of the frame."""
    result = []

    def tracer(frame, event, _):
        if frame.f_code.co_name == "outer":
            if event == "line" and "cell" in read_locals(frame) and not result:
                result.append(action(frame))
            return tracer
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        rest = in_frame(lambda _: None)
    finally:
        sys.settrace(before)
    return result[0], *rest[1:]


PLACES = pytest.mark.parametrize("place", [in_frame, under_trace], ids=["outside", "in a trace function"])


def test_this_interpreter_is_known():
    known = sys.version_info[:2] in {(3, 11), (3, 12), (3, 13)}
    assert known == READS_FRAMES


@PLACES
def test_all_kinds_of_variables_are_read(place):
    values, argument, local, cell, _, unbound, free = place(read_locals)
    assert (values["argument"], values["local"], values["cell"], values["free"]) == (argument, local, cell, free)
    assert "unbound" not in values and unbound == "unbound"


@PLACES
def test_reading_leaves_counts_and_objects_as_they_were(place):
    def action(frame):
        def references():
            return sum(sys.getrefcount(one) for one in gc.get_objects() if type(one) is Thing)

        objects = objects_after = 0
        before = references()
        objects = len(gc.get_objects())
        for _ in range(3):
            read_locals(frame)
        objects_after = len(gc.get_objects())
        return before, references(), objects, objects_after

    gc.collect()
    gc.disable()
    try:
        (before, after, objects, objects_after), *_ = place(action)
    finally:
        gc.enable()
    assert before == after
    assert objects == objects_after


@PLACES
def test_nothing_is_kept_alive_after_the_program_rebinds(place):
    import weakref

    def action(frame):
        reference = weakref.ref(read_locals(frame)["local"])
        write_local(frame, "local", 5)
        return reference

    reference, _, local, *_ = place(action)
    assert local == 5
    assert reference() is None


@PLACES
@pytest.mark.parametrize("name", ["argument", "local", "cell", "free"])
def test_writing(place, name):
    def action(frame):
        write_local(frame, name, "written")
        return read_locals(frame)[name]

    seen, argument, local, cell, inner, _, free = place(action)
    values = {"argument": argument, "local": local, "cell": cell, "free": free}
    assert seen == "written" == values.pop(name)
    assert all(type(value) is Thing for value in values.values())
    assert inner() == (cell, free)


@PLACES
def test_writing_a_variable_that_is_not_bound(place):
    _, *_, unbound, _ = place(lambda frame: write_local(frame, "unbound", 7))
    assert unbound == 7


@PLACES
def test_writing_releases_the_old_value_and_holds_the_new_once(place):
    old_counts = []

    def action(frame):
        new = Thing()
        write_local(frame, "local", new)
        old_counts.append(sys.getrefcount(new))
        return new

    new, _, local, *_ = place(action)
    assert new is local
    # The name `new`, the variable, and the argument of getrefcount.
    assert old_counts == [3]


def test_writing_to_a_frame_that_waits_for_another():
    def outer():
        value = "old"
        inner()
        return value

    def inner():
        write_local(sys._getframe(1), "value", "new")

    assert outer() == "new"


def test_writing_an_unknown_name():
    with pytest.raises(KeyError):
        write_local(sys._getframe(), "no_such_name", 1)


def test_module_and_class_frames_are_their_namespaces():
    namespace = {"seen": None, "look": lambda: read_locals(sys._getframe(1)), "write": write_local, "sys": sys}
    exec("value = 1\nseen = look()\nwrite(sys._getframe(), 'value', 2)", namespace)
    assert namespace["seen"]["value"] == 1
    assert namespace["value"] == 2
    results = []

    class Body:
        value = 1
        results.append(read_locals(sys._getframe()))
        write_local(sys._getframe(), "value", 2)

    assert results[0]["value"] == 1
    assert Body.value == 2


def test_the_dict_that_the_program_got_from_locals_is_left_alone():
    def outer():
        value = 1
        snapshot = locals()
        value = 2
        read_locals(sys._getframe())
        release = snapshot.copy()
        return value, release

    _, snapshot = outer()
    assert snapshot["value"] == (1 if READS_FRAMES else 2)


def test_release_keeps_a_dict_that_the_program_holds():
    def outer():
        value = 1
        snapshot = locals()
        release_locals(sys._getframe())
        return value, snapshot

    value, snapshot = outer()
    assert (value, snapshot["value"]) == (1, 1)


def test_release_empties_what_others_left_behind():
    def outer(value):
        frame = sys._getframe()
        frame.f_locals  # as another debugger does
        with_dict = sys.getrefcount(value)
        release_locals(frame)
        return with_dict, sys.getrefcount(value)

    thing = Thing()
    with_dict, without = outer(thing)
    if sys.version_info < (3, 13):
        assert with_dict == without + 1
    assert without == 3


@pytest.mark.skipif(not READS_FRAMES, reason="the layout of frames is not known here")
def test_the_fallback_reads_the_same(monkeypatch):
    monkeypatch.setattr(frames, "read_variables", lambda _: None)
    for place in (in_frame, under_trace):
        values, argument, local, cell, _, _, free = place(read_locals)
        assert (values["argument"], values["local"], values["cell"], values["free"]) == (argument, local, cell, free)
        local = place(lambda frame: read_locals(frame) and None)[2]
        count = sys.getrefcount(local)
        assert count == 2
    test_writing(under_trace, "cell")
    test_reading_leaves_counts_as_they_were_with_the_fallback()


def test_reading_leaves_counts_as_they_were_with_the_fallback():
    def outer(value):
        before = sys.getrefcount(value)
        read_locals(sys._getframe())
        return before, sys.getrefcount(value)

    before, after = outer(Thing())
    assert before == after


def test_frames_of_other_threads():
    entered, leave = threading.Event(), threading.Event()

    def serve(request):
        entered.set()
        leave.wait()
        return request

    answers = []
    thread = threading.Thread(target=lambda: answers.append(serve("old")))
    thread.start()
    entered.wait()
    frame = sys._current_frames()[thread.ident]
    while frame.f_code.co_name != "serve":
        frame = frame.f_back
    assert read_locals(frame)["request"] == "old"
    write_local(frame, "request", "new")
    del frame
    leave.set()
    thread.join()
    assert answers == ["new"]


def test_frames_that_have_ended():
    def fail(argument):
        local = argument
        raise ValueError(local)

    thing = Thing()
    try:
        fail(thing)
    except ValueError as error:
        frame = error.__traceback__.tb_next.tb_frame
    assert read_locals(frame)["local"] is thing
    frame.clear()
    assert read_locals(frame) == {}


def test_comprehensions_and_generators():
    seen = []

    def produce(items):
        total = sum([seen.append(read_locals(sys._getframe())) or item for item in items])
        yield total

    assert list(produce([3])) == [3]
    assert seen[0]["item"] == 3


@pytest.mark.skipif(not READS_FRAMES, reason="the layout of frames is not known here")
class TestLayout:
    def test_names_do_not_make_tuples_that_stay(self):
        def function(a, b=1, *rest, c, **more):
            d = [a]
            return lambda: d

        names = variable_names(function.__code__)
        assert names is variable_names(function.__code__)
        assert names == ("a", "b", "c", "rest", "more", "d")

    def test_a_waiting_generator(self):
        def produce(first, second):
            third = [first]
            received = yield third
            yield received

        first = Thing()
        generator = produce(first, 2)
        assert not is_executing(generator)
        third = next(generator)
        slots = generator_slots(generator, produce.__code__)
        values = dict(zip(slots.names, slots.variables, strict=True))
        assert values["first"] == id(first)
        assert values["third"] == id(third)
        assert values["received"] == 0
        assert slots.function == id(produce)

    def test_coroutines_and_async_generators(self):
        async def serve(request):
            return request

        async def produce(request):
            yield request

        thing = Thing()
        coroutine = serve(thing)
        assert generator_slots(coroutine, serve.__code__).variables == (id(thing),)
        assert generator_slots(produce(thing), produce.__code__).variables == (id(thing),)
        coroutine.close()

    def test_function_and_stack(self):
        def look():
            return frame_slots(sys._getframe(1))

        def outer(thing):
            return [thing, look()][1]

        thing = Thing()
        slots = outer(thing)
        assert slots.function == id(outer)
        assert slots.variables[0] == id(thing)
        assert id(thing) in slots.stack

    def test_many_frames_of_every_library(self):
        # Not one read past what a frame has, and each bound address is that of an object which the collector knows.
        frame = sys._getframe()
        while frame is not None:
            values = read_locals(frame)
            slots = frame_slots(frame)
            assert len(slots.variables) == len(slots.names) == len(slots.kinds)
            if slots.names:
                bound = {name for name, address in zip(slots.names, slots.variables, strict=True) if address}
                assert values.keys() <= bound
            frame = frame.f_back
