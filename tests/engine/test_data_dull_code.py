"""Code that writes what only looks like a watched place is left alone, and none that writes the place itself is."""

from __future__ import annotations

import dis
import sys
from types import CodeType

import pytest

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import StepKind, Stop, StopReason
from heapsight.debuggee.engine.watchpoints import sites
from heapsight.debuggee.engine.watchpoints.container_places import KeyPlace
from heapsight.debuggee.engine.watchpoints.places import AttributePlace
from heapsight.debuggee.engine.watchpoints.provenance import Provenance
from heapsight.debuggee.frames import write_local
from support.stepping import BACKENDS, PROGRAMS, load, place
from support.switching import Switching, run_switching

BOXES, CONTAINERS = PROGRAMS / "watched_boxes.py", PROGRAMS / "watched_containers.py"
every_backend = pytest.mark.parametrize("backend", [None, *BACKENDS])


@pytest.fixture(autouse=True)
def no_greenlets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where greenlets are used, less is left alone; another test may have imported them."""
    monkeypatch.delitem(sys.modules, "greenlet", raising=False)


def boxes(function: str, backend: BackendKind | None, commands: list[StepKind] | None = None) -> list[object]:
    script = Switching(lambda box: AttributePlace("box.count", box, "count"), commands)
    return run_switching(script, BOXES, function, backend, markers=("never",))


def containers(function: str, backend: BackendKind | None) -> list[object]:
    return run_switching(Switching(_tea), CONTAINERS, function, backend)


def _tea(container: object) -> KeyPlace:
    return KeyPlace("tea", container, "tea")  # type: ignore[arg-type]


@every_backend
class TestArguments:
    """What is written is an argument of the call."""

    def test_on_and_off_again_in_the_middle_of_calls_and_loops(self, backend) -> None:
        stops = [("grow", f"box.count: {number} → {number + 1}") for number in range(1, 4)]
        assert boxes("switches", backend) == stops * 3

    def test_a_generator_that_waits(self, backend) -> None:
        assert boxes("generates", backend) == [("yields", "box.count: 1 → 2")]

    def test_recursion_that_began_before(self, backend) -> None:
        assert boxes("recurses", backend) == [("back", f"box.count: {n} → {n + 1}") for n in range(50)]

    def test_threads_that_run_already(self, backend) -> None:
        assert boxes("in_threads", backend) == [("threaded", "box.count: 0 → 1")]

    def test_steps_from_a_write_and_on(self, backend) -> None:
        commands = [StepKind.OVER, StepKind.OUT, StepKind.CONTINUE] * 20
        seen = boxes("switches", backend, commands)
        assert [one for one in seen if one[1]] == [  # type: ignore[index]
            ("grow", f"box.count: {number} → {number + 1}") for number in range(1, 4)
        ] * 3

    def test_arguments_bound_anew_or_shared(self, backend) -> None:
        assert boxes("disguises", backend) == [
            ("rebound", "box.count: 0 → 1"),
            ("shared", "box.count: 1 → 2"),
            ("starred", "box.count: 2 → 3"),
            ("swapped", "box.count: 3 → 4"),
            ("chosen", "box.count: 4 → 5"),
            ("deleted", "box.count: 5 → nothing"),
        ]


@every_backend
class TestContainers:
    """What is written is a container that the call has made."""

    def test_others(self, backend) -> None:
        assert containers("others", backend) == []

    def test_a_call_that_began_before(self, backend) -> None:
        assert containers("began_before", backend) == [("before", "tea: 0 → 1"), ("before", "tea: 1 → 2")]

    def test_recursion_that_began_before(self, backend) -> None:
        assert containers("recurses", backend) == [("own", "tea: 0 → 10")]

    def test_a_generator_that_waits(self, backend) -> None:
        assert containers("generates", backend) == [("yielded", "tea: nothing → 0")]

    def test_a_thread_that_runs_already(self, backend) -> None:
        assert containers("in_thread", backend) == [("threaded", "tea: 0 → 1")]

    def test_variables_that_hold_others_too(self, backend) -> None:
        names = ["rebound", "swapped", "chosen", "in_turn", "shared", "caught", "method", "masked", "inner", "walrus"]
        assert containers("disguises", backend) == [
            (name, f"tea: {number} → {number + 1}") for number, name in enumerate(names)
        ]

    def test_what_the_person_at_the_debugger_has_put_into_a_variable(self, backend) -> None:
        class Assigning(Switching):
            def stopped(self, stop: Stop) -> None:
                if stop.reason is StopReason.BREAKPOINT:
                    assert place(stop) == "stop"
                    write_local(stop.frame, "own", stop.frame.f_locals["given"])
                super().stopped(stop)

        seen = run_switching(Assigning(_tea), CONTAINERS, "assigned", backend, markers=("stop",))
        assert seen == [("stop", None), ("stop", "tea: 0 → 1"), ("taken", "tea: 1 → 2")]


def test_only_code_that_may_write_a_container_of_others_is_armed() -> None:
    class Looking(Switching):
        armed: frozenset[int] = frozenset()

        def unwatch(self) -> None:
            codes = [code.co_name for code in self.engine._data.armed_code()]
            self.names = codes
            super().unwatch()

    script = Looking(_tea)
    run_switching(script, CONTAINERS, "others", None)
    assert "fills" not in script.names


@pytest.mark.skipif(sys.version_info < (3, 12), reason="3.11 has no local events")
def test_instructions_are_told_only_once_the_watched_object_is_an_argument() -> None:
    monitoring = sys.monitoring
    told: list[bool] = []

    class Looking(Switching):
        def look(self, code: CodeType) -> None:
            told.append(bool(monitoring.get_local_events(0, code) & monitoring.events.INSTRUCTION))

    script = Looking(lambda box: AttributePlace("box.count", box, "count"))
    module = load(BOXES)

    def program(script: Looking) -> None:
        box, other = module.Box(), module.Box()
        add = module.Box.add.__code__
        script.watch(box)
        other.add(1)
        script.look(add)
        box.add(1)
        script.look(add)
        other.add(1)
        script.unwatch()
        script.look(add)

    module.program = program
    assert run_switching(script, BOXES, "program", BackendKind.MONITORING, module=module) == [
        ("added", "box.count: 0 → 1")
    ]
    assert told == [False, True, False]


def _new_of(source: str) -> list[bool]:
    """Return of each site of a function's that may change a dict whether it is known to change one that is new."""
    namespace: dict[str, object] = {}
    exec(source, namespace)
    code = namespace["function"].__code__  # type: ignore[attr-defined]
    body = sites.Body(code)
    provenance = Provenance(body)
    found = sites.item_sites(body, sites.CHANGING_DICT, reads=False)
    ordered = sorted(found, key=lambda site: site.offset)
    assert {site.offset for site in ordered} <= {one.offset for one in dis.get_instructions(code)}
    return [provenance.is_new(site) for site in ordered]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("own = {}; own[1] = own[2] = 3; del own[1]", [True, True, True]),
        ("own = {**given}; own[1] += 2", [True]),
        ("own = {'a': 1, 'b': 2}; own.pop('a')", [True]),
        ("own = {}; same = own; own = same; same[1] = 2; own[1] = 2", [True, True]),
        ("own = {}; own[1] = 2; del own; own = {}; own[1] = 2", [True, True]),
        ("{}[1] = 2", [True]),
        ("own = {}; other = given; own[given.pop(1)] = 2", [False, True]),
        ("given[1] = 2", [False]),
        ("given = {}; given[1] = 2", [False]),
        ("own = {}; same = own; own = given; same[1] = 2; own[1] = 2", [False, False]),
        ("own = {} if given else {}; own[1] = 2", [False]),
        ("own = given.copy(); own[1] = 2", [False]),
        ("own = dict(); own[1] = 2", [False]),
        ("own = {}; own = own or given; own[1] = 2", [False]),
        ("own = [given]; own[0][1] = 2", [False]),
        ("global g; g = {}; g[1] = 2", [False]),
        ("own = {}; f = lambda: own; own[1] = 2", [False]),
    ],
)
def test_which_containers_are_known_to_be_new(body: str, expected: list[bool]) -> None:
    assert _new_of(f"def function(given):\n    {body}") == expected


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="later, a comprehension jumps within the function's code")
def test_the_results_of_comprehensions_are_new() -> None:
    assert _new_of("def function(given):\n own = {one: 1 for one in given}\n own[1] = 2") == [True]
    assert _new_of("def function(given):\n own = (lambda: given)()\n own[1] = 2") == [False]
