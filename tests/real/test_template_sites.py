"""What is the same for a site with Django's templates and for one with Jinja's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from support.websites import DJANGO, ENGINES, FLASK, Shop, Site, where


@pytest.fixture(params=[DJANGO, FLASK], ids=["django", "flask"])
def shop(request) -> Shop:
    pytest.importorskip(request.param.framework)
    return request.param


@pytest.fixture(params=ENGINES)
def site(request, session, shop) -> Iterator[Site]:
    """Launch the site; the test sets breakpoints and starts it."""
    with shop.opened(session, request.param) as site:
        yield site


def stopped_at_heading(site: Site, shop: Shop, path: str) -> Future[str]:
    """Ask for a page, and return it to come; it waits at the heading of its template."""
    site.session.set_breakpoints(shop.template("cart"), "heading")
    site.start()
    page = site.visit(path)
    site.session.wait_for_stopped("breakpoint")
    return page


def test_a_breakpoint_that_is_set_while_its_template_is_rendered(site, shop):
    session = site.session
    page = stopped_at_heading(site, shop, "/cart/3")
    bound = session.set_breakpoints(shop.template("cart"), {"marker": "call", "hitCondition": "2"}, "length")
    assert [one["verified"] for one in bound] == [True, True]
    session.cont()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [bound[0]["id"]]
    assert session.evaluate("item.name")["result"] == "'item 1'"
    session.cont()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [bound[1]["id"]]
    (refused,) = session.set_breakpoints(shop.template("cart"), {"line": 1000})
    assert not refused["verified"]
    assert "nothing that runs" in refused["message"]
    session.cont()
    assert "3 items" in page.result()
    assert "3 items" in site.visit("/cart/3").result()


def test_what_a_template_has_no_use_for_is_answered(site, shop):
    session = site.session
    page = stopped_at_heading(site, shop, "/cart/1")
    frame = session.stack()[0]
    text = session.refused("gotoTargets", source=frame["source"], line=frame["line"] + 3)
    assert "no jump" in text
    assert session.refused("restartFrame", frameId=frame["id"])
    found = session.request(
        "breakpointLocations", source=frame["source"], line=frame["line"] - 1, endLine=frame["line"]
    )
    assert found["breakpoints"] == [{"line": frame["line"]}]
    # Its instructions are of code that nobody has written.
    session.step("next", granularity="instruction")
    assert where(session) == "loop"
    session.cont()
    assert page.result()


def test_variables_can_be_changed(site, shop):
    session = site.session
    page = stopped_at_heading(site, shop, "/cart/1")
    session.request("setVariable", variablesReference=session.scopes()["Locals"], name="total", value="4711")
    assert session.local_variables()["total"]["value"] == "4711"
    session.evaluate("items = []")
    session.cont()
    text = page.result()
    assert "<h1>4711</h1>" in text
    assert "0 items" in text
