"""The Disassembly view: what an editor asks for when it is open."""

import dis
import sys

import pytest

from support.markers import line_of, program_path
from support.stepping import load

ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
PROGRAM = "step_returns.py"


@pytest.fixture(params=ENGINES)
def stopped(request, session):
    session.launch_and_stop(PROGRAM, "deep_return", engine=request.param, console="internalConsole")
    return session


def rows(session, reference, **arguments):
    return session.request("disassemble", memoryReference=reference, **arguments)["instructions"]


def names(found):
    return [row["instruction"].split()[0] for row in found]


def test_the_whole_of_a_function(stopped):
    reference = stopped.stack()[0]["instructionPointerReference"]
    found = rows(stopped, reference, instructionOffset=-50, instructionCount=200)
    assert len(found) == 200
    addresses = [int(row["address"], 16) for row in found]
    assert addresses == sorted(set(addresses))
    assert found[50]["address"] == reference
    real = [row for row in found if row.get("presentationHint") != "invalid"]
    code = load(program_path(PROGRAM)).deep.__code__
    wanted = list(dis.get_instructions(code))
    assert names(real) == [one.opname for one in wanted]
    assert [row.get("line") for row in real] == [one.positions.lineno for one in wanted]
    assert real[0]["location"]["path"] == str(program_path(PROGRAM))
    assert real[0]["symbol"] == "deep"
    call = next(row for row in real if row["instruction"].startswith("CALL "))
    text = program_path(PROGRAM).read_text().splitlines()[call["line"] - 1]
    assert text[call["column"] - 1 : call["endColumn"] - 1] == "double(1)"
    assert any("LOAD_GLOBAL" in row["instruction"] and "double" in row["instruction"] for row in real)


def test_pages_fit_together(stopped):
    reference = stopped.stack()[0]["instructionPointerReference"]
    whole = rows(stopped, reference, instructionOffset=-20, instructionCount=40)
    parts = [
        rows(stopped, reference, instructionOffset=-20, instructionCount=25),
        rows(stopped, reference, instructionOffset=5, instructionCount=15),
    ]
    assert [row["address"] for part in parts for row in part] == [row["address"] for row in whole]
    # Newer clients count bytes from the reference, older ones ask for an address that they were given.
    byte = int(whole[22]["address"], 16) - int(reference, 16)
    assert rows(stopped, reference, offset=byte, instructionCount=1)[0]["address"] == whole[22]["address"]
    assert rows(stopped, whole[22]["address"], instructionCount=1)[0]["address"] == whole[22]["address"]
    assert rows(stopped, whole[0]["address"], instructionOffset=20, instructionCount=1)[0]["address"] == reference


def test_steps_of_one_instruction(stopped):
    line = line_of(PROGRAM, "deep_return")
    before = stopped.stack()[0]["instructionPointerReference"]
    following = rows(stopped, before, instructionCount=2)[1]["address"]
    stopped.step("next", granularity="instruction")
    frame = stopped.stack()[0]
    assert (frame["line"], frame["instructionPointerReference"]) == (line, following)
    stopped.step("next", granularity="line")
    assert stopped.stack()[0]["name"] == "run"


def test_a_granularity_that_is_none(open_session):
    session = open_session(own_checked=False)
    session.launch_and_stop(PROGRAM, "deep_return", console="internalConsole")
    assert "'granularity' can be" in session.refused("next", threadId=1, granularity="function")


def test_breakpoints_on_instructions(stopped):
    reference = stopped.stack()[0]["instructionPointerReference"]
    calls = [row for row in rows(stopped, reference, instructionCount=30) if row["instruction"].startswith("CALL ")]
    second = int(calls[1]["address"], 16) - int(reference, 16)
    wanted = [
        {"instructionReference": reference, "offset": second},
        {"instructionReference": "0x1234"},
        {"instructionReference": reference, "offset": 1_000_000},
    ]
    found = stopped.request("setInstructionBreakpoints", breakpoints=wanted)["breakpoints"]
    assert [one["verified"] for one in found] == [True, False, False]
    assert found[0]["instructionReference"] == calls[1]["address"]
    assert found[0]["line"] == line_of(PROGRAM, "deep_return")
    stopped.cont()
    body = stopped.wait_for_stopped("instruction breakpoint")
    assert body["hitBreakpointIds"] == [found[0]["id"]]
    assert stopped.stack()[0]["instructionPointerReference"] == calls[1]["address"]
    stopped.request("setInstructionBreakpoints", breakpoints=[])
    stopped.cont()
    assert stopped.wait_for_exit() == 0


def test_addresses_that_are_none(stopped):
    assert "no address" in stopped.refused("disassemble", memoryReference="here", instructionCount=1)
    assert "no code at" in stopped.refused("disassemble", memoryReference="0x10", instructionCount=1)
    reference = stopped.stack()[0]["instructionPointerReference"]
    assert "instructionCount" in stopped.refused("disassemble", memoryReference=reference, instructionCount=-1)
