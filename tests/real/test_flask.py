"""A Flask app with Jinja templates, run as its users run it, and debugged from the request to the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.markers import line_of
from support.websites import ENGINES, FLASK, Site, steps, where

pytest.importorskip("flask")

APP = f"{FLASK.folder}/app.py"


@pytest.fixture(params=ENGINES)
def site(request, session) -> Iterator[Site]:
    """Launch the app; the test sets breakpoints and starts it."""
    with FLASK.opened(session, request.param) as site:
        yield site


def test_a_view_from_request_to_response(site):
    session = site.session
    session.set_breakpoints(APP, "total")
    site.start()
    page = site.visit("/cart/2")
    session.wait_for_stopped("breakpoint")
    assert where(session) == "total"
    assert session.stack()[0]["name"] == "cart"
    assert session.local_variables()["count"]["value"] == "2"
    assert session.evaluate("[item.name for item in items]")["result"] == "['item 0', 'item 1']"
    assert steps(session, "next", 2) == ["render", "rendered"]
    assert session.evaluate("len(page) > 50")["result"] == "True"
    session.cont()
    assert "<h1>10</h1>" in page.result()
    site.visit("/stop")
    assert session.wait_for_exit() == 0


def test_breakpoints_in_templates(site):
    session = site.session
    (bound,) = session.set_breakpoints(FLASK.template("cart"), "text")
    assert not bound["verified"]
    session.set_breakpoints(FLASK.template("macros"), "macro_body")
    site.start()
    page = site.visit("/cart/1")
    # The line of the breakpoint is text: the next one that the template has code for is another.
    change = session.wait_for_event("breakpoint", lambda body: body["breakpoint"]["id"] == bound["id"])
    assert change["breakpoint"]["verified"]
    assert change["breakpoint"]["line"] == line_of(FLASK.template("cart"), "heading")
    stop = session.wait_for_stopped("breakpoint")
    assert stop["hitBreakpointIds"] == [bound["id"]]
    assert where(session) == "heading"
    frames = session.stack()
    assert frames[0]["name"] == "cart.html: block content"
    assert frames[1]["name"] == "base.html"
    assert frames[1]["line"] == line_of(FLASK.template("base"), "base_content")
    assert frames[2]["name"] == "cart.html"
    assert [frame["name"] for frame in frames[3:] if frame["presentationHint"] == "normal"] == ["cart"]
    assert not any("jinja2" in frame["source"].get("path", "") for frame in frames)
    rows = session.local_variables()
    assert rows["total"]["value"] == "0"
    assert rows["items"]["type"] == "list"
    assert "url_for" in session.variables(session.scopes()["Globals"]).keys() | {"url_for"}
    assert session.evaluate("total + len(items)", "watch")["result"] == "1"
    session.cont()
    session.wait_for_stopped("breakpoint")
    assert where(session) == "macro_body"
    assert session.local_variables()["amount"]["value"] == "0"
    session.cont()
    assert "<b>0</b>" in page.result()
    site.visit("/stop")
    assert session.wait_for_exit() == 0


def test_stepping_over_template_lines(site):
    session = site.session
    session.set_breakpoints(FLASK.template("cart"), "heading")
    site.start()
    page = site.visit("/cart/2")
    session.wait_for_stopped("breakpoint")
    body = ["loop", "include", "call", "macro"]
    assert steps(session, "next", 10) == [*body, *body, "loop", "length"]
    assert steps(session, "next", 3) == ["base_year", "base_footer", "rendered"]
    session.cont()
    assert "2 items" in page.result()


def test_stepping_in_and_out(site):
    session = site.session
    session.set_breakpoints(FLASK.template("cart"), "include")
    site.start()
    page = site.visit("/cart/1")
    session.wait_for_stopped("breakpoint")
    assert steps(session, "stepIn", 1) == ["row"]
    assert steps(session, "stepOut", 1) == ["call"]
    # From the template into the program's own code, and back.
    assert steps(session, "stepIn", 1) == ["label"]
    assert steps(session, "next", 2) == ["label_done", "macro"]
    assert steps(session, "stepIn", 2) == ["macros.html:1", "macro_body"]
    assert steps(session, "stepOut", 1) == ["loop"]
    assert steps(session, "stepOut", 1) == ["base_year"]
    assert steps(session, "stepOut", 1) == ["rendered"]
    session.cont()
    assert "item 0" in page.result()


def test_stepping_in_from_the_view(site):
    session = site.session
    session.set_breakpoints(APP, "render")
    site.start()
    page = site.visit("/cart/0")
    session.wait_for_stopped("breakpoint")
    assert steps(session, "stepIn", 1) == ["extends"]
    assert steps(session, "next", 3) == ["import", "base_title", "base_content"]
    assert steps(session, "stepIn", 2) == ["content", "heading"]
    session.cont()
    assert "0 items" in page.result()


def test_a_condition_and_a_log_message_see_the_template_s_variables(site):
    session = site.session
    session.set_breakpoints(
        FLASK.template("cart"),
        {"marker": "call", "condition": "item.price == 20"},
        {"marker": "macro", "logMessage": "{item.name} of {len(items)}"},
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


def test_without_the_option_a_template_is_no_place_for_breakpoints(session):
    session.launch(code="pass", console="internalConsole")
    (refused,) = session.set_breakpoints(FLASK.template("cart"), "heading")
    assert not refused["verified"]
    assert "jinja" in refused["message"]
