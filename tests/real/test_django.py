"""A Django site with templates, run as its users run it, and debugged from the request to the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.markers import line_of
from support.websites import DJANGO, ENGINES, Site, steps, where

pytest.importorskip("django")

VIEWS = f"{DJANGO.folder}/shop.py"


@pytest.fixture(params=ENGINES)
def site(request, session) -> Iterator[Site]:
    """Launch the site; the test sets breakpoints and starts it."""
    with DJANGO.opened(session, request.param) as site:
        yield site


def test_a_view_from_request_to_response(site):
    session = site.session
    session.set_breakpoints(VIEWS, "total")
    site.start()
    page = site.visit("/cart/2")
    session.wait_for_stopped("breakpoint")
    assert where(session) == "total"
    assert session.local_variables()["count"]["value"] == "2"
    assert session.evaluate("request.path")["result"] == "'/cart/2'"
    assert steps(session, "next", 2) == ["render", "rendered"]
    assert session.evaluate("page.status_code")["result"] == "200"
    session.cont()
    assert "<h1>10</h1>" in page.result()
    site.visit("/stop")
    assert session.wait_for_exit() == 0


def test_breakpoints_in_templates(site):
    session = site.session
    (bound,) = session.set_breakpoints(DJANGO.template("cart"), "text")
    assert not bound["verified"]
    session.set_breakpoints(DJANGO.template("row"), "row")
    site.start()
    page = site.visit("/cart/1")
    # The line of the breakpoint is text: the next one where something is rendered is another.
    change = session.wait_for_event("breakpoint", lambda body: body["breakpoint"]["id"] == bound["id"])
    assert change["breakpoint"]["verified"]
    assert change["breakpoint"]["line"] == line_of(DJANGO.template("cart"), "heading")
    stop = session.wait_for_stopped("breakpoint")
    assert stop["hitBreakpointIds"] == [bound["id"]]
    assert where(session) == "heading"
    frames = session.stack()
    names = [frame["name"] for frame in frames if frame["presentationHint"] == "normal"]
    assert names[:4] == ["cart.html", "base.html", "cart.html", "cart"]
    assert frames[1]["line"] == line_of(DJANGO.template("base"), "base_content")
    assert frames[2]["line"] == line_of(DJANGO.template("cart"), "extends")
    assert not any("django/template" in frame["source"].get("path", "") for frame in frames)
    rows = session.local_variables()
    assert rows["total"]["value"] == "0"
    assert rows["items"]["type"] == "list"
    assert session.evaluate("total + len(items)", "watch")["result"] == "1"
    session.cont()
    session.wait_for_stopped("breakpoint")
    assert where(session) == "row"
    assert [frame["name"] for frame in session.stack()[:2]] == ["row.html", "cart.html"]
    assert session.evaluate("item.name")["result"] == "'item 0'"
    session.cont()
    assert "item 0: 0" in page.result()
    site.visit("/stop")
    assert session.wait_for_exit() == 0


def test_stepping_over_template_lines(site):
    session = site.session
    session.set_breakpoints(DJANGO.template("cart"), "heading")
    site.start()
    page = site.visit("/cart/2")
    session.wait_for_stopped("breakpoint")
    # The loop itself is rendered once; its lines are one after the other, however many nodes are on them.
    body = ["include", "call", "condition"]
    assert steps(session, "next", 8) == ["loop", *body, *body, "length"]
    assert steps(session, "next", 2) == ["base_footer", "rendered"]
    session.cont()
    assert "2 items" in page.result()


def test_stepping_in_and_out(site):
    session = site.session
    session.set_breakpoints(DJANGO.template("cart"), "include")
    site.start()
    page = site.visit("/cart/1")
    session.wait_for_stopped("breakpoint")
    assert steps(session, "stepIn", 1) == ["row"]
    assert steps(session, "stepOut", 1) == ["call"]
    # From the template into the program's own code, and back.
    assert steps(session, "stepIn", 1) == ["label"]
    assert steps(session, "next", 2) == ["label_done", "condition"]
    assert steps(session, "stepOut", 1) == ["base_footer"]
    assert steps(session, "stepOut", 1) == ["rendered"]
    session.cont()
    assert "item 0" in page.result()


def test_stepping_in_from_the_view(site):
    session = site.session
    session.set_breakpoints(VIEWS, "render")
    site.start()
    page = site.visit("/cart/0")
    session.wait_for_stopped("breakpoint")
    assert steps(session, "stepIn", 1) == ["extends"]
    assert steps(session, "next", 2) == ["base_title", "base_content"]
    assert steps(session, "stepIn", 1) == ["heading"]
    assert steps(session, "next", 3) == ["loop", "length", "base_footer"]
    session.cont()
    assert "0 items" in page.result()


def test_a_condition_and_a_log_message_see_the_template_s_variables(site):
    session = site.session
    session.set_breakpoints(
        DJANGO.template("cart"),
        {"marker": "call", "condition": "item.price == 20"},
        {"marker": "condition", "logMessage": "{item.name} of {len(items)}"},
    )
    site.start()
    page = site.visit("/cart/3")
    session.wait_for_stopped("breakpoint")
    assert session.evaluate("item.name")["result"] == "'item 2'"
    session.cont()
    assert page.result()
    site.visit("/stop")
    assert session.wait_for_exit() == 0
    assert session.output("console").count(" of 3\n") == 3
