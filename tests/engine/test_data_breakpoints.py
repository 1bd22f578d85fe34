"""Data breakpoints on both back ends: for each way of writing, where the thread stops and what it is told."""

from __future__ import annotations

import gc
import sys
import threading
import weakref

import pytest

from heapsight.debuggee.engine.model import StepKind, StopReason
from heapsight.debuggee.engine.watchpoints.watch import Access
from support.stepping import BACKENDS
from support.watching import (
    WatchingScript,
    attribute,
    data_stops,
    item,
    length,
    load_writes,
    module_name,
    run_watched,
    variable,
)

pytestmark = pytest.mark.parametrize("backend", BACKENDS)
IN, OVER, OUT = StepKind.IN, StepKind.OVER, StepKind.OUT

# function → what is watched, and its stops: the line shown, old and new value
WRITES = {
    "local_variable": (
        variable("value"),
        [("first", "0 → 1"), ("second", "1 → 2"), ("loop", "2 → 5"), ("loop", "5 → 6"), ("deleted", "6 → nothing")],
    ),
    "same_name_elsewhere": (variable("value"), [("only", "0 → 3")]),
    "recursion": (variable("value"), [("only", "2 → 10")]),
    "closure": (variable("value"), [("bump", "0 → 1"), ("own", "1 → 7"), ("bump", "7 → 8"), ("cell", "8 → 99")]),
    "module_global": (
        module_name("total"),
        [
            ("own", "0 → 1"),
            ("other", "1 → 2"),
            ("dict", "2 → 3"),
            ("update", "3 → 4"),
            ("augmented", "4 → 5"),
            ("back", "5 → 0"),
        ],
    ),
    "attribute": (
        attribute("basket", "count"),
        [
            ("own", "0 → 1"),
            ("grow", "1 → 2"),
            ("setattr", "2 → 10"),
            ("set", "10 → 11"),
            ("dict", "11 → 12"),
            ("vars", "12 → 13"),
            ("object", "13 → 14"),
            ("deleted", "14 → nothing"),
            ("whole", "nothing → 15"),
            ("loop", "15 → 16"),
            ("loop", "16 → 17"),
        ],
    ),
    "class_attribute": (attribute("Basket", "limit"), [("own", "5 → 6")]),
    "attribute_of_class_seen_from_instance": (
        attribute("basket", "limit"),
        [("own", "5 → 6"), ("shadowed", "6 → 7")],
    ),
    "slot": (attribute("thing", "size"), [("own", "0 → 1"), ("descriptor", "1 → 2"), ("setattr", "2 → 3")]),
    "slot_of_object_without_weak_references": (attribute("thing", "size"), [("own", "0 → 1")]),
    "guarded": (attribute("thing", "value"), [("guarded", "0 → 1")]),
    "property_with_setter": (attribute("thing", "_age"), [("setter", "0 → 30")]),
    "item_of_dict": (
        item("prices", "tea"),
        [
            ("own", "1 → 3"),
            ("update", "3 → 5"),
            ("merge", "5 → 7"),
            ("pop", "7 → nothing"),
            ("default", "nothing → 8"),
            ("clear", "8 → nothing"),
            ("operator", "nothing → 9"),
            ("alias", "9 → 10"),
            ("mapped", "10 → 11"),
            ("in_loop", "11 → 12"),
            ("deleted", "12 → nothing"),
        ],
    ),
    "item_of_defaultdict": (item("groups", "a"), [("read", "nothing → 0"), ("added", "0 → 3")]),
    "item_of_counter": (item("counts", "a"), [("updated", "1 → 3"), ("counted", "3 → 4")]),
    "item_of_list": (
        item("numbers", 1),
        [
            ("own", "2000 → 5000"),
            ("insert", "5000 → 6000"),
            ("sort", "6000 → 7000"),
            ("slice", "7000 → 2"),
            ("emptied", "2 → nothing"),
            ("extend", "nothing → 11"),
            ("pop", "11 → nothing"),
            ("heap", "nothing → 10"),
            ("deleted", "10 → nothing"),
        ],
    ),
    "length": (length("numbers"), [("append", "2 → 3"), ("remove", "3 → 2"), ("slice", "2 → 0")]),
    "fails_halfway": (length("numbers"), [("extended", "1 → 2"), ("again", "2 → 3")]),
    "in_generator": (attribute("basket", "count"), [("writes", "1 → 2"), ("writes", "2 → 3")]),
    "two_on_one_line": (variable("value"), [("line", "0 → 1"), ("line", "1 → 2"), ("both", "2 → 3")]),
}


@pytest.mark.parametrize("function", WRITES)
def test_each_write_stops_on_the_line_that_wrote(backend, function):
    module = load_writes()
    watched, expected = WRITES[function]
    script = run_watched(backend, WatchingScript(watched), getattr(module, function), module)
    assert [(place, headline.partition(": ")[2]) for place, headline in data_stops(script)] == expected
    assert all(stop.reason is StopReason.DATA_BREAKPOINT for stop in script.stops[1:])
    assert all(stop.breakpoints == (script.set[0],) for stop in script.stops[1:])


def test_a_variable_that_is_not_bound_yet(backend):
    module = load_writes()
    script = run_watched(backend, WatchingScript(variable("value")), module.unbound_local, module)
    stops = [place for place, _ in data_stops(script)]
    assert stops[:5] == ["first", "unpacked", "walrus", "opened", "caught"]
    assert data_stops(script)[0][1] == "value: nothing → 1"
    assert data_stops(script)[-1][1] == "value: None → nothing"


def test_a_library_that_writes_is_where_the_thread_stops(backend):
    module = load_writes()
    script = run_watched(backend, WatchingScript(item("numbers", 7)), module.shuffled, module)
    assert data_stops(script)
    assert {stop.frame.f_code.co_name for stop in script.stops[1:]} == {"shuffle"}


def test_code_made_while_it_is_watched(backend):
    module = load_writes()
    script = run_watched(backend, WatchingScript(attribute("basket", "count")), module.made_by_exec, module)
    assert [headline for _, headline in data_stops(script)] == ["basket.count: 0 → 5", "basket.count: 5 → 6"]


def test_what_was_written_unseen_is_told_at_the_next_stop(backend):
    module = load_writes()
    script = WatchingScript(item("numbers", 0), length("numbers"), breakpoints=["end"])
    run_watched(backend, script, module.unseen, module)
    [stop] = script.stops[1:]
    assert (script.places, stop.reason) == (["end"], StopReason.BREAKPOINT)
    assert "numbers[0]: 3 → 2 (changed since" in stop.text
    assert script.set[0] in stop.breakpoints
    assert script.set[1] not in stop.breakpoints


def test_what_was_written_unseen_is_not_blamed_on_the_next_line_that_could(backend):
    module = load_writes()
    script = run_watched(backend, WatchingScript(attribute("basket", "count")), module.hands_its_dict_on, module)
    [late, _] = script.stops[1:]
    assert script.places == ["next", "next"]
    assert (late.span, "changed since" in late.text) == (None, True)
    assert data_stops(script) == [("next", "basket.count: 0 → 5"), ("next", "basket.count: 5 → 6")]


def test_only_code_that_can_write_is_armed(backend):
    module = load_writes()
    armed: list[set[str]] = []

    class Looking(WatchingScript):
        def stopped(self, stop):
            armed.append({code.co_name for code in self.engine.armed_code() if code.co_filename == module.__file__})
            super().stopped(stop)

    run_watched(backend, Looking(attribute("Basket", "limit")), module.class_attribute, module)
    assert armed[1:] == [{"class_attribute"}]


# -- going on from there -----------------------------------------------------------------------------------------------

STEPS = [
    ("local_variable", variable("value"), [OVER], ["first", "other"]),
    ("local_variable", variable("value"), [IN, OVER], ["first", "other", "second"]),
    ("attribute", attribute("basket", "count"), [OUT], ["own", "grow"]),
    ("two_on_one_line", variable("value"), [OVER] * 4, ["line", "line", "both", "both", "return value, other"]),
    ("property_with_setter", attribute("thing", "_age"), [OVER], ["setter", "return thing"]),
    ("property_with_setter", attribute("thing", "_age"), [OUT], ["setter", "return thing"]),
]


@pytest.mark.parametrize(("function", "watched", "commands", "places"), STEPS)
def test_a_step_from_a_write_goes_to_the_line_after_it(backend, function, watched, commands, places):
    module = load_writes()
    script = run_watched(backend, WatchingScript(watched, commands=commands), getattr(module, function), module)
    assert script.places[: len(places)] == places


def test_the_write_comes_before_a_breakpoint_on_the_next_line(backend):
    module = load_writes()
    script = WatchingScript(variable("value"), breakpoints=["other"])
    run_watched(backend, script, module.local_variable, module)
    reasons = list(zip(script.places, [stop.reason for stop in script.stops[1:]], strict=True))[:3]
    assert reasons == [
        ("first", StopReason.DATA_BREAKPOINT),
        ("other", StopReason.BREAKPOINT),
        ("second", StopReason.DATA_BREAKPOINT),
    ]


# -- conditions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        ({"condition": "value > 4"}, ["2 → 5", "5 → 6"]),
        ({"hit_condition": "% 2"}, ["1 → 2", "5 → 6"]),
        ({"condition": "value >= 2", "hit_condition": ">= 2"}, ["2 → 5", "5 → 6"]),
    ],
)
def test_conditions_and_hit_counts(backend, spec, values):
    module = load_writes()
    script = run_watched(backend, WatchingScript(variable("value"), **spec), module.local_variable, module)
    found = [headline.partition(": ")[2] for _, headline in data_stops(script)]
    assert [one for one in found if "nothing" not in one] == values


def test_a_condition_that_raises_stops_once_and_says_why(backend):
    module = load_writes()
    script = run_watched(backend, WatchingScript(variable("value"), condition="nobody"), module.local_variable, module)
    [stop] = script.stops[1:]
    assert "NameError" in stop.text


def test_a_condition_that_does_not_compile_is_refused(backend):
    module = load_writes()
    script = run_watched(backend, WatchingScript(variable("value"), condition="1 +"), module.local_variable, module)
    [bp] = script.set
    assert not bp.verified
    assert "does not compile" in bp.message
    assert len(script.stops) == 1


# -- reading -----------------------------------------------------------------------------------------------------------

READS = {
    "reads_variable": (variable("value"), ["first", "second"]),
    "reads_attribute": (attribute("basket", "count"), ["first", "method", "augmented"]),
    "reads_global": (module_name("total"), ["first", "second"]),
    "reads_item": (item("prices", "tea"), ["first", "variable", "augmented"]),
    "reads_index": (item("numbers", 1), ["first", "negative"]),
    "reads_cell": (variable("value"), ["inner", "own"]),
}


@pytest.mark.parametrize("function", READS)
def test_reading(backend, function):
    module = load_writes()
    watched, expected = READS[function]
    script = WatchingScript(watched, access=Access.READ)
    run_watched(backend, script, getattr(module, function), module)
    assert [place for place, _ in data_stops(script)] == expected
    assert all(" is read: " in headline for _, headline in data_stops(script))


def test_reading_and_writing(backend):
    module = load_writes()
    script = WatchingScript(variable("value"), access=Access.READ_WRITE)
    run_watched(backend, script, module.local_variable, module)
    assert data_stops(script)[:4] == [
        ("first", "value: 0 → 1"),
        ("other", "value is read: 1"),
        ("second", "value is read: 1"),
        ("second", "value: 1 → 2"),
    ]


# -- the end -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", ["local_variable", "leaves_by_exception", "generator_ends"])
def test_a_call_that_has_ended(backend, function):
    module = load_writes()
    script = run_watched(backend, WatchingScript(variable("value")), getattr(module, function), module)
    assert [(bp.verified, bp.message) for bp in script.changed] == [
        (False, "The call that it was a variable of has ended.")
    ]


@pytest.mark.parametrize("function", ["object_dies", "list_dies"])
def test_an_object_that_is_gone(backend, function):
    module = load_writes()
    watched = attribute("thing", "size") if function == "object_dies" else item("thing", 0)
    script = WatchingScript(watched, breakpoints=["after" if function == "object_dies" else "after_list"])
    run_watched(backend, script, getattr(module, function), module)
    assert [bp.verified for bp in script.changed] == [False]
    assert [bp.message.endswith((" gone.", " any more.")) for bp in script.changed] == [True]


def test_nothing_is_kept_alive(backend):
    module = load_writes()
    seen: list[weakref.ref] = []
    module.keep = lambda thing: seen.append(weakref.ref(thing))
    script = WatchingScript(attribute("thing", "partner"))
    run_watched(backend, script, module.replaces_objects, module)
    assert len(data_stops(script)) == 2
    script.stops.clear()  # which have the frames
    gc.collect()
    assert [one() for one in seen] == [None, None, None]
    assert module.alive_after_write == [False]


def test_a_module_that_is_imported_later(backend, tmp_path, monkeypatch):
    (tmp_path / "data_later.py").write_text("limit = 1\nlimit = 2\ndef change():\n    global limit\n    limit = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = load_writes()
    try:
        script = WatchingScript(module_name("limit", "data_later"))
        run_watched(backend, script, module.imports_later, module)
    finally:
        sys.modules.pop("data_later", None)
    assert [(bp.verified, bp.message) for bp in script.changed] == [(True, None)]
    assert [headline for _, headline in data_stops(script)] == [
        "limit: nothing → 1",
        "limit: 1 → 2",
        "limit: 2 → 3",
    ]


# -- threads -----------------------------------------------------------------------------------------------------------


def test_a_write_stops_the_thread_that_wrote(backend):
    module = load_writes()
    script = run_watched(backend, WatchingScript(attribute("basket", "count")), module.other_threads_write, module)
    stops = [stop for stop in script.stops[1:] if stop.reason is StopReason.DATA_BREAKPOINT]
    assert script.places == ["in_thread"] * 3
    assert len({stop.thread_id for stop in stops}) == 3
    assert all(stop.thread_id != script.stops[0].thread_id for stop in stops)


def test_threads_that_write_other_objects_are_not_taken_for_the_writer(backend):
    module = load_writes()
    script = run_watched(backend, WatchingScript(attribute("basket", "count")), module.busy_threads, module)
    assert set(script.places) == {"real"}
    assert len(data_stops(script)) == 20
    assert threading.active_count() == 1
