"""Code that comes from no file: its text, its number, and breakpoints in it."""

from __future__ import annotations

import sys
import zipfile

import pytest

from support.markers import program_path

PROGRAM = "bp_generated.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


def namespace() -> dict:
    found: dict = {"__name__": "generated"}
    exec(compile(program_path(PROGRAM).read_text(), PROGRAM, "exec"), found)
    return found


@pytest.fixture(params=ENGINES)
def launched(request, session):
    session.launch(PROGRAM, console="internalConsole", engine=request.param, args=["doctest"])
    return session


def test_a_step_into_executed_text_shows_it_and_breakpoints_can_be_set_there(launched):
    session = launched
    session.set_breakpoints(PROGRAM, "exec")
    session.configured()
    session.wait_for_stopped("breakpoint")
    session.step("stepIn")
    top = session.stack()[0]
    assert (top["name"], top["source"]["name"]) == ("<module>", "<string>")
    source = top["source"]
    assert (
        session.request("source", source=source, sourceReference=source["sourceReference"])["content"]
        == (namespace()["EXECUTED"])
    )
    answer = session.request("setBreakpoints", source=source, breakpoints=[{"line": 3}])
    [told] = answer["breakpoints"]
    assert told["verified"] is True
    assert told["source"]["sourceReference"] == source["sourceReference"]
    session.cont()
    # The same text is executed twice, and its function called once more; other text of that name has no breakpoint.
    for doubled in ("42", "42", "2"):
        session.wait_for_stopped("breakpoint")
        top = session.stack()[0]
        assert (top["name"], top["line"], top["source"]) == ("inner", 3, source)
        assert session.evaluate("doubled")["result"] == doubled
        session.cont()
    assert session.wait_for_exit() == 0


def test_a_cell_in_linecache(launched):
    session = launched
    session.set_breakpoints(PROGRAM, "before_cell")
    session.configured()
    session.wait_for_stopped("breakpoint")
    found = session.request("setBreakpoints", source={"path": "<cell 1>"}, breakpoints=[{"line": 1, "column": 16}])
    assert (found["breakpoints"][0]["verified"], found["breakpoints"][0]["column"]) == (True, 16)
    session.cont()
    session.wait_for_stopped("breakpoint")
    top = session.stack()[0]
    assert (top["line"], top["column"], top["source"]["name"]) == (1, 16, "<cell 1>")
    number = top["source"]["sourceReference"]
    assert session.request("source", sourceReference=number)["content"] == namespace()["CACHED"]
    places = session.request("breakpointLocations", source=top["source"], line=1)["breakpoints"]
    assert [place["column"] for place in places] == [1, 16]
    session.cont()
    assert session.wait_for_exit() == 0


def test_an_example_of_doctest(launched):
    session = launched
    name = "<doctest documented[1]>"
    [told] = session.request("setBreakpoints", source={"path": name}, breakpoints=[{"line": 1}])["breakpoints"]
    assert (told["verified"], told["message"]) == (False, "This code has not run yet.")
    session.configured()
    assert session.wait_for_event("breakpoint")["breakpoint"]["verified"] is True
    session.wait_for_stopped("breakpoint")
    top = session.stack()[0]
    assert top["source"]["name"] == name
    assert session.request("source", source=top["source"], sourceReference=0)["content"] == "value + 1\n"
    session.cont()
    assert session.wait_for_exit() == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_module_in_a_zip_archive(session, tmp_path, engine):
    archive, main = tmp_path / "shop.zip", tmp_path / "main.py"
    content = "def total(prices):\n    return sum(prices)\n"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("pack/__init__.py", "")
        file.writestr("pack/prices.py", content)
    main.write_text(f"import sys\nsys.path.insert(0, {str(archive)!r})\nfrom pack.prices import total\ntotal([1])\n")
    session.launch(main, console="internalConsole", engine=engine)
    inside = str(archive / "pack" / "prices.py")
    [told] = session.request("setBreakpoints", source={"path": inside}, breakpoints=[{"line": 2}])["breakpoints"]
    assert told["verified"] is True
    session.configured()
    session.wait_for_stopped("breakpoint")
    source = session.stack()[0]["source"]
    assert source["path"] == inside
    assert session.request("source", source=source, sourceReference=source["sourceReference"])["content"] == content
    [told] = session.request("setBreakpoints", source=source, breakpoints=[{"line": 2}])["breakpoints"]
    assert told["verified"] is True
    session.cont()
    assert session.wait_for_exit() == 0


def test_a_program_that_is_text(session):
    text = "value = 42\ndef f():\n    return value\nprint(f())\nexec('pass\\n\\nother = 1')\n"
    session.launch(code=text, console="internalConsole", stopOnEntry=True)
    session.configured()
    session.wait_for_stopped("entry")
    source = session.stack()[0]["source"]
    assert session.request("source", source=source, sourceReference=source["sourceReference"])["content"] == text
    assert source in session.request("loadedSources")["sources"]
    [told] = session.request("setBreakpoints", source=source, breakpoints=[{"line": 3}])["breakpoints"]
    assert told["verified"] is True
    session.cont()
    session.wait_for_stopped("breakpoint")
    assert session.stack()[0]["name"] == "f"
    session.cont()
    assert session.wait_for_exit() == 0


def test_the_source_of_a_file_and_of_what_there_is_not(session):
    session.launch(PROGRAM, console="internalConsole")
    path = program_path(PROGRAM)
    body = session.request("source", source={"path": str(path)}, sourceReference=0)
    assert body["content"] == path.read_text()
    frozen = session.request("source", source={"path": "<frozen posixpath>"}, sourceReference=0)["content"]
    assert "def abspath" in frozen
    assert "There is no source with the number 99" in session.refused("source", sourceReference=99)
    missing = {"path": "/no/such/file.py"}
    assert "/no/such/file.py cannot be read" in session.refused("source", source=missing, sourceReference=0)
    assert "source.path" in session.refused("source", sourceReference=0)
