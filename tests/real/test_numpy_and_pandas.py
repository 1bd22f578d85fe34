"""A script that computes with numpy and pandas: looked at, stepped through, called back from the library."""

from __future__ import annotations

import sys

import pytest

from support.websites import steps, where

pytest.importorskip("pandas")

REPORT = "real/sales_report.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_report_from_its_numbers_to_its_end(session, engine):
    session.launch_and_stop(REPORT, "frame", console="internalConsole", engine=engine)
    prices = session.local_variables()["prices"]
    assert "3" in prices["value"]
    assert "4" in prices["value"]
    assert prices["variablesReference"]
    assert session.evaluate("prices.shape")["result"] == "(3, 4)"
    assert session.evaluate("prices[1].sum()", "watch")["result"].endswith(("22.0", "22.0)"))
    # The library's own code is passed over, and the caller comes next.
    assert steps(session, "stepIn", 1) == ["assign"]
    assert session.local_variables()["table"]["type"] == "DataFrame"
    assert steps(session, "next", 2) == ["assigned", "grouped"]
    assert steps(session, "next", 2) == ["total", "apply"]
    assert session.evaluate("float(by_shop.loc['north', 'spring'])")["result"] == "8.0"
    # pandas calls the function back, once for each row.
    assert steps(session, "stepIn", 1) == ["best"]
    assert session.evaluate("row['shop']")["result"] == "'north'"
    assert steps(session, "stepOut", 1) == ["best"]
    assert session.evaluate("row['shop']")["result"] == "'south'"
    session.evaluate("row['winter'] = -1.0")
    session.set_breakpoints(REPORT, "print")
    session.cont()
    session.wait_for_stopped("breakpoint")
    assert where(session) == "print"
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output() == "66.0 ['winter', 'autumn', 'winter']\n"
