"""Breakpoints in files that are reached by unusual ways, and breakpoints that come and go at a stop."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
NAMES = ["random", "queue", "site", "string", "threading", "ast", "selectors", "code"]


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def stop_once(session, path: Path, line: int) -> dict:
    """Set one breakpoint, run, and return the frame that it stops in; then run to the end."""
    [told] = session.request("setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": line}])["breakpoints"]
    assert (told["verified"], told["line"]) == (True, line)
    session.configured()
    session.wait_for_stopped("breakpoint")
    frame = session.stack()[0]
    session.cont()
    assert session.wait_for_exit() == 0
    return frame


@pytest.mark.parametrize("name", NAMES)
def test_a_module_of_the_users_with_the_name_of_a_library_module(session, tmp_path, name):
    """Justified by its path alone: the user's `random.py` is the user's."""
    module = tmp_path / f"{name}.py"
    module.write_text("def answer():\n    value = 42\n    return value\n")
    # `site` and `code` may be loaded already: by its path, the file runs whatever its module is called.
    main = tmp_path / "main.py"
    main.write_text(
        "import importlib.util\n"
        f"spec = importlib.util.spec_from_file_location({name!r}, {str(module)!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(module)\n"
        "print(module.answer())\n"
    )
    session.launch(main, console="internalConsole")
    frame = stop_once(session, module, 3)
    assert (frame["line"], frame["source"]["path"]) == (3, str(module))
    assert frame["presentationHint"] == "normal"


@pytest.mark.parametrize("name", ["random", "queue", "selectors"])
def test_an_import_finds_the_users_module_of_that_name(session, tmp_path, name, engine):
    module = tmp_path / f"{name}.py"
    module.write_text("def answer():\n    value = 42\n    return value\n")
    main = tmp_path / "main.py"
    main.write_text(f"import {name}\nprint({name}.answer())\n")
    session.launch(main, console="internalConsole", engine=engine)
    assert stop_once(session, module, 3)["source"]["path"] == str(module)
    assert session.output() == "42\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_program_with_the_name_of_a_library_module(session, tmp_path, name):
    main = tmp_path / f"{name}.py"
    main.write_text("value = 42\nprint(value)\n")
    session.launch(main, console="internalConsole")
    assert stop_once(session, main, 2)["line"] == 2


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege")
@pytest.mark.parametrize("way", ["program", "breakpoint", "folder"])
def test_symbolic_links(session, tmp_path, way, engine):
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "main.py"
    real.write_text("value = 42\nprint(value)\n")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    (tmp_path / "link.py").symlink_to(real)
    run, asked = {
        "program": (tmp_path / "link.py", real),
        "breakpoint": (real, tmp_path / "link.py"),
        "folder": (tmp_path / "linked" / "main.py", real),
    }[way]
    session.launch(run, console="internalConsole", engine=engine)
    assert stop_once(session, asked, 2)["line"] == 2


def test_a_relative_file_name_after_a_change_of_folder(session, tmp_path, engine):
    part, main = tmp_path / "part.py", tmp_path / "main.py"
    part.write_text("def f():\n    value = 42\n    return value\n")
    (tmp_path / "elsewhere").mkdir()
    main.write_text(
        "import os\n"
        "namespace = {}\n"
        "exec(compile(open('part.py').read(), 'part.py', 'exec'), namespace)\n"
        "os.chdir('elsewhere')\n"
        "namespace['f']()\n"
    )
    session.launch(main, console="internalConsole", cwd=str(tmp_path), engine=engine)
    frame = stop_once(session, part, 3)
    assert frame["source"]["path"] == str(part)


# -- coming and going --------------------------------------------------------------------------------------------------

SHOP = "agent_shop.py"


def test_run_to_cursor(session, engine):
    """What VS Code does: one breakpoint more, continue, and at the stop the old ones again."""
    session.launch_and_stop(SHOP, "loop", console="internalConsole", engine=engine)
    loop, cursor = session.set_breakpoints(SHOP, "loop", "handled")
    assert cursor["verified"] is True
    session.cont()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [cursor["id"]]
    assert session.at(SHOP, "handled")
    assert [one["id"] for one in session.set_breakpoints(SHOP, "loop")] == [loop["id"]]
    session.cont()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [loop["id"]]
    session.set_breakpoints(SHOP)
    session.cont()
    assert session.wait_for_exit() == 0


def test_run_to_a_cursor_on_the_line_of_another_breakpoint(session, engine):
    session.launch_and_stop(SHOP, "loop", console="internalConsole", engine=engine)
    other, cursor = session.set_breakpoints(SHOP, {"marker": "handled", "condition": "number == 2"}, "handled")
    session.cont()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [cursor["id"]]
    assert session.evaluate("number")["result"] == "0"
    [again] = session.set_breakpoints(SHOP, {"marker": "handled", "condition": "number == 2"})
    assert again["id"] == other["id"]
    session.cont()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [other["id"]]
    assert session.evaluate("number")["result"] == "2"


def test_a_condition_that_raises_stops_once_and_shows_why(session, engine):
    session.launch(SHOP, console="internalConsole", engine=engine)
    [told] = session.set_breakpoints(
        SHOP, {"marker": "handled", "condition": "1 / number > 2 or 1 / (number - 1) == 1"}
    )
    assert told["verified"] is True
    session.configured()
    # At 0 it raises; at 1 it raises something else; at 2 it holds.
    stop = session.wait_for_stopped("breakpoint")
    assert "ZeroDivisionError" in stop["text"]
    assert session.evaluate("number")["result"] == "0"
    session.cont()
    stop = session.wait_for_stopped("breakpoint")
    assert "text" not in stop
    assert session.evaluate("number")["result"] == "2"
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output("important").count("ZeroDivisionError") == 1


def test_condition_hit_condition_and_log_message_together(session, engine):
    session.launch(SHOP, console="internalConsole", engine=engine)
    spec = {
        "marker": "handled",
        "condition": "number != 1",
        "hitCondition": ">= 2",
        "logMessage": "{number:>3}|{label!r:<12}|{order.number=}",
    }
    session.set_breakpoints(SHOP, spec)
    session.configured()
    assert session.wait_for_exit() == 0
    assert session.output("console") == "  2|'order 2'   |order.number=2\n"


def test_a_breakpoint_event_when_a_file_that_appears_later_is_loaded(session, tmp_path, engine):
    main, later = tmp_path / "main.py", tmp_path / "later.py"
    main.write_text(f"import pathlib\npathlib.Path({str(later)!r}).write_text('a = 1\\n\\nb = 2\\n')\nimport later\n")
    session.launch(main, console="internalConsole", engine=engine)
    [told] = session.request("setBreakpoints", source={"path": str(later)}, breakpoints=[{"line": 2}])["breakpoints"]
    assert told["verified"] is False
    assert "later.py cannot be read" in told["message"]
    session.configured()
    changed = session.wait_for_event("breakpoint")
    assert (changed["reason"], changed["breakpoint"]["id"]) == ("changed", told["id"])
    assert (changed["breakpoint"]["verified"], changed["breakpoint"]["line"]) == (True, 3)
    session.wait_for_stopped("breakpoint")
    assert session.line() == 3
    session.cont()
    assert session.wait_for_exit() == 0
