"""Reading and writing memory, and finding definitions, through the whole of it."""

import base64
import sys
from pathlib import Path

import pytest

from support.markers import line_of, program_path

PROGRAM = "insp_bytes.py"
ENGINES = ["settrace", "monitoring"] if sys.version_info >= (3, 12) else ["settrace"]


@pytest.fixture(params=ENGINES)
def stopped(request, session):
    session.launch_and_stop(PROGRAM, "first", "second", engine=request.param, console="internalConsole")
    return session


def decoded(body):
    return base64.b64decode(body["data"])


def test_a_hex_editor(stopped):
    reference = stopped.local_variables()["buffer"]["memoryReference"]
    body = stopped.request("readMemory", memoryReference=reference, offset=2, count=100)
    assert (decoded(body), body["unreadableBytes"]) == (b"23456789", 92)
    assert int(body["address"], 16)
    data = base64.b64encode(b"AB").decode()
    assert stopped.request("writeMemory", memoryReference=reference, offset=3, data=data)["bytesWritten"] == 2
    assert stopped.wait_for_event("memory") == {"memoryReference": reference, "offset": 3, "count": 2}
    assert stopped.wait_for_event("invalidated") == {"areas": ["variables"]}
    assert stopped.evaluate("buffer")["memoryReference"] == reference
    assert "base64" in stopped.refused("writeMemory", memoryReference=reference, data="?")
    assert "only 10 bytes" in stopped.refused("writeMemory", memoryReference=reference, offset=9, data=data)
    assert "earlier stop" in stopped.refused("readMemory", memoryReference="0x1", count=1)
    fixed = stopped.local_variables()["fixed"]["memoryReference"]
    assert "read-only" in stopped.refused("writeMemory", memoryReference=fixed, data=data)
    stopped.evaluate("buffer[0] = 35")
    stopped.cont()
    stopped.wait_for_stopped()
    again = stopped.local_variables()["buffer"]["memoryReference"]
    assert decoded(stopped.request("readMemory", memoryReference=again, count=3)) == b"#12"
    stopped.request("setVariable", variablesReference=stopped.scopes()["Locals"], name="fixed", value="b''")
    assert stopped.wait_for_event("memory") == {"memoryReference": again, "offset": 0, "count": 10}
    stopped.cont()
    assert stopped.wait_for_exit() == 0
    assert stopped.output() == "#12AB56789\n" * 2 or stopped.output() == "012AB56789\n#12AB56789\n"


@pytest.mark.parametrize(
    ("expression", "marker"),
    [
        ("Place", "class"),
        ("method", "method"),
        ("Place.method", "method"),
        ("decorated", "decorated"),
        ("running", "generator"),
        ("partial", "generator"),
        ("waiting", "coroutine"),
        ("generate.__code__", "generator"),
    ],
)
def test_from_a_value_to_its_definition(stopped, expression, marker):
    reference = stopped.evaluate(expression, "watch")["valueLocationReference"]
    body = stopped.request("locations", locationReference=reference)
    assert body["source"]["path"] == str(program_path(PROGRAM))
    assert body["line"] == line_of(PROGRAM, marker)


def test_places_of_modules_and_of_nothing(stopped):
    reference = stopped.evaluate("asyncio", "watch")["valueLocationReference"]
    body = stopped.request("locations", locationReference=reference)
    assert Path(body["source"]["path"]).parts[-2:] == ("asyncio", "__init__.py")
    assert body["line"] == 1
    for expression in ("1", "print", "int", "fixed", "Place()"):
        assert "valueLocationReference" not in stopped.evaluate(expression, "watch")
    rows = stopped.local_variables()
    assert rows["method"]["valueLocationReference"]
    assert "valueLocationReference" not in rows["buffer"]
    assert "no" in stopped.refused("locations", locationReference=10**6)
    stopped.cont()
    stopped.wait_for_stopped()
    assert "earlier stop" in stopped.refused("locations", locationReference=reference)


def test_a_client_that_knows_nothing_of_memory(session):
    session.initialize = lambda: session.client.request("initialize", {"adapterID": "heapsight"})
    session.launch_and_stop(PROGRAM, "first", console="internalConsole")
    assert "memoryReference" not in session.local_variables()["buffer"]
