"""Windows of real toolkits stay alive while their thread is stopped, where the toolkits are installed."""

from __future__ import annotations

import os

import pytest

TK = """\
import tkinter
root = tkinter.Tk()
ticks = 0
def tick():
    global ticks
    ticks += 1
    print("tick", ticks)
    root.after(1, tick)
tick()
print("shown")
"""
QT = """\
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
ticks = 0
def tick():
    global ticks
    ticks += 1
    print("tick", ticks)
timer = QTimer()
timer.timeout.connect(tick)
timer.start(1)
label = QLabel("hello")
label.show()
print("shown")
"""


@pytest.mark.parametrize("toolkit", ["tk", "qt"])
def test_events_are_handled_while_the_program_is_stopped(session, tmp_path, toolkit):
    if toolkit == "tk":
        pytest.importorskip("tkinter")
        if not os.environ.get("DISPLAY"):
            pytest.skip("no display")
    else:
        pytest.importorskip("PySide6.QtWidgets")
    text = TK if toolkit == "tk" else QT
    program = tmp_path / "window.py"
    program.write_text(text)
    session.launch(program, console="internalConsole", guiEventLoop=toolkit, env={"QT_QPA_PLATFORM": "offscreen"})
    session.request("setBreakpoints", source={"path": str(program)}, breakpoints=[{"line": text.count("\n")}])
    session.configured()
    session.wait_for_stopped("breakpoint")
    before = int(session.evaluate("ticks")["result"])
    session.wait_for_event("output", lambda body: body["output"].startswith(f"tick {before + 5}"))
    assert int(session.evaluate("ticks")["result"]) >= before + 5
    session.cont()
    assert session.wait_for_exit() == 0
