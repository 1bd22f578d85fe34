"""Data breakpoints as an editor sets them: from a row in Variables, or for an expression."""

from __future__ import annotations

import sys

import pytest

from support.markers import line_of
from support.session import debug_session

PROGRAM = "data_shop.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


@pytest.fixture(params=ENGINES)
def engine(request):
    """Name a back end."""
    return request.param


@pytest.fixture
def stopped(engine, session):
    """Open a session that is stopped in `main`, where the carts are made."""
    session.launch_and_stop(PROGRAM, "main", engine=engine, console="internalConsole")
    session.set_breakpoints(PROGRAM)
    return session


def info(session, expression):
    frame = session.stack()[0]["id"]
    return session.request("dataBreakpointInfo", name=expression, frameId=frame)


def info_of_row(session, reference, name):
    return session.request("dataBreakpointInfo", name=name, variablesReference=reference)


def watch(session, *infos, **more):
    wanted = [{"dataId": one["dataId"], **more} for one in infos]
    return session.request("setDataBreakpoints", breakpoints=wanted)["breakpoints"]


def next_stop(session):
    """Let the program run; return (marker's line?, the `stopped` body) of the stop."""
    session.cont()
    body = session.wait_for_stopped("data breakpoint")
    return session.line(), body


def test_an_attribute_from_a_row_in_variables(stopped):
    cart = stopped.local_variables()["cart"]["variablesReference"]
    found = info_of_row(stopped, cart, "total")
    assert found["description"] == "cart.total (Cart object)"
    assert found["accessTypes"] == ["read", "write", "readWrite"]
    assert found["canPersist"] is False
    [bp] = watch(stopped, found)
    assert bp["verified"] is True
    line, body = next_stop(stopped)
    assert line == line_of(PROGRAM, "added")
    assert body["hitBreakpointIds"] == [bp["id"]]
    assert body["description"] == "cart.total: 0 → 10"
    assert "cart.total: 0 → 10" in stopped.output("console")
    [shown] = [one for one in stopped.output_events if "cart.total" in one["output"]]
    assert shown["line"] == line_of(PROGRAM, "added")
    frame = stopped.stack(levels=1)[0]
    assert (frame["name"], frame["endLine"]) == ("Cart.add", line_of(PROGRAM, "added"))
    assert stopped.evaluate("self.total")["result"] == "10"
    assert stopped.local_variables()["self"]["type"] == "Cart"


def test_a_step_from_there_goes_to_the_next_line(stopped):
    watch(stopped, info(stopped, "cart.total"))
    next_stop(stopped)
    stopped.step("next")
    assert stopped.line() == line_of(PROGRAM, "after_add")


@pytest.mark.parametrize(
    ("expression", "marker", "description"),
    [
        ("cart.total", "added", "cart.total: 0 → 10"),
        ("limit", "limit", "data_shop.limit: 10 → 20"),
        ("prices['tea']", "tea", "prices['tea']: 3 → 4"),
        ("cart.items[0]", "appended", "cart.items[0]: nothing → 'item 0'"),
        ("cart.items[-1]", "appended", "cart.items[-1]: nothing → 'item 0'"),
        ("len(cart.items)", "appended", "len(cart.items): 0 → 1"),
        ("cart._Cart__secret", "secret", "cart._Cart__secret: 1 → 2"),
    ],
)
def test_expressions(stopped, expression, marker, description):
    found = info(stopped, expression)
    assert found["dataId"] is not None, found
    watch(stopped, found)
    line, body = next_stop(stopped)
    assert line == line_of(PROGRAM, marker)
    assert body["description"].replace("__main__", "data_shop") == description


def test_a_local_variable_until_its_call_ends(stopped):
    stopped.set_breakpoints(PROGRAM, "filling")
    stopped.cont()
    stopped.wait_for_stopped("breakpoint")
    # Not bound yet: Variables does not show it, but its name can be asked for.
    found = info(stopped, "spent")
    assert found["description"] == "spent in fill()"
    [bp] = watch(stopped, found)
    values = []
    for _ in range(4):
        line, body = next_stop(stopped)
        values.append((line, body["description"]))
    assert values == [
        (line_of(PROGRAM, "filling"), "spent: nothing → 0"),
        (line_of(PROGRAM, "spent"), "spent: 0 → 10"),
        (line_of(PROGRAM, "spent"), "spent: 10 → 30"),
        (line_of(PROGRAM, "spent"), "spent: 30 → 60"),
    ]
    stopped.cont()
    changed = stopped.wait_for_event("breakpoint")["breakpoint"]
    assert (changed["id"], changed["verified"]) == (bp["id"], False)
    assert changed["message"] == "The call that it was a variable of has ended."
    assert stopped.wait_for_exit() == 0


def test_rows_of_every_kind(stopped):
    scopes = stopped.scopes()
    assert info_of_row(stopped, scopes["Locals"], "other")["description"] == "other in main()"
    assert info_of_row(stopped, scopes["Globals"], "limit")["canPersist"] is True
    rows = stopped.local_variables()
    prices = rows["prices"]["variablesReference"]
    assert info_of_row(stopped, prices, "'tea'")["description"] == "prices['tea'] (dict)"
    assert info_of_row(stopped, prices, "len()")["accessTypes"] == ["write"]
    cart = stopped.variables(rows["cart"]["variablesReference"])
    items = cart["items"]["variablesReference"]
    stopped.evaluate("cart.items.append(1)")
    assert info_of_row(stopped, items, "0")["description"] == "cart.items[0] (list)"


NOT_WATCHED = [
    ("cart.count", "computed"),
    ("1 + 1", "is not stored"),
    ("cart.", "no expression"),
    ("nobody", "There is no variable 'nobody' here"),
    ("nobody.total", "NameError"),
    ("cart.items[0:2]", "is not stored"),
    ("cart.items['x']", "single items"),
    ("(1, 2)[0]", "dicts and lists"),
    ("main()", "is not stored"),
]


@pytest.mark.parametrize(("expression", "reason"), NOT_WATCHED)
def test_what_cannot_be_watched_has_no_id_and_a_reason(stopped, expression, reason):
    found = info(stopped, expression)
    assert found["dataId"] is None
    assert reason in found["description"]


def test_the_same_place_has_the_same_id(stopped):
    cart = stopped.local_variables()["cart"]["variablesReference"]
    by_row = info_of_row(stopped, cart, "total")["dataId"]
    assert by_row == info(stopped, "cart.total")["dataId"]
    assert by_row != info(stopped, "other.total")["dataId"]
    assert info(stopped, "prices['tea']")["dataId"] == info(stopped, "prices['te' + 'a']")["dataId"]


def test_an_id_from_an_earlier_stop(stopped):
    passing, lasting = info(stopped, "prices['milk']"), info(stopped, "cart.total")
    stopped.step("next")
    gone, kept = watch(stopped, passing, lasting)
    assert (gone["verified"], kept["verified"]) == (False, True)
    assert "set it again" in gone["message"]
    [unknown] = stopped.request("setDataBreakpoints", breakpoints=[{"dataId": "77:no such"}])["breakpoints"]
    assert unknown["verified"] is False


def test_breakpoints_that_are_set_again_keep_their_number(stopped):
    first, second = info(stopped, "cart.total"), info(stopped, "prices['tea']")
    [one] = watch(stopped, first)
    both = watch(stopped, first, second)
    assert both[0]["id"] == one["id"]
    assert both[1]["id"] != one["id"]
    assert watch(stopped) == []
    stopped.cont()
    assert stopped.wait_for_exit() == 0


def test_conditions(stopped):
    found = info(stopped, "cart.total")
    watch(stopped, found, condition="self.total > 10", hitCondition="2")
    _, body = next_stop(stopped)
    assert body["description"] == "cart.total: 30 → 60"
    [bad] = watch(stopped, found, condition="1 +")
    assert bad["verified"] is False
    assert "does not compile" in bad["message"]


def test_reading(stopped):
    watch(stopped, info(stopped, "cart.owner"), info(stopped, "prices"), accessType="read")
    line, body = next_stop(stopped)
    assert line == line_of(PROGRAM, "tea")
    assert body["description"].startswith("prices is read: {'tea': 3")
    [length] = watch(stopped, info(stopped, "len(prices)"), accessType="read")
    assert length["verified"] is False


def test_what_the_debugger_changes_is_no_write_of_the_program(stopped):
    watch(stopped, info(stopped, "cart.total"))
    stopped.evaluate("cart.total = 500")
    _, body = next_stop(stopped)
    assert body["description"] == "cart.total: 500 → 510"


def test_a_name_of_a_module_is_watched_from_the_start(session):
    session.launch(PROGRAM, console="internalConsole")
    [bp] = session.request(
        "setDataBreakpoints", breakpoints=[{"dataId": "module:__main__:limit", "accessType": "write"}]
    )["breakpoints"]
    assert bp["verified"] is False
    session.configured()
    assert session.wait_for_event("breakpoint")["breakpoint"]["verified"] is True
    body = session.wait_for_stopped("data breakpoint")
    assert body["description"] == "__main__.limit: nothing → 10"
    session.cont()
    assert session.wait_for_stopped("data breakpoint")["description"] == "__main__.limit: 10 → 20"
    session.cont()
    assert session.wait_for_exit() == 0


def test_bad_arguments():
    with debug_session(own_checked=False) as session:
        session.launch_and_stop(PROGRAM, "main", console="internalConsole")
        assert "'name'" in session.refused("dataBreakpointInfo", variablesReference=1)
        assert "'dataId'" in session.refused("setDataBreakpoints", breakpoints=[{"accessType": "write"}])
        assert session.request("dataBreakpointInfo", name="0x10", asAddress=True)["dataId"] is None
        found = info(session, "cart.total")
        [wrong] = watch(session, found, accessType="sometimes")
        assert wrong["verified"] is False
        assert "sometimes" in wrong["message"]


def test_a_program_that_runs(session, tmp_path):
    session.launch("proto_spin.py", console="internalConsole", args=[str(tmp_path / "never")]).configured()
    assert "running" in session.refused("dataBreakpointInfo", name="limit")
    assert session.request("setDataBreakpoints", breakpoints=[]) == {"breakpoints": []}


def test_what_is_watched_has_no_more_references_for_it(stopped):
    before = stopped.request("heapsight/inspect", expression="prices", frameId=stopped.stack()[0]["id"])["references"]
    watch(stopped, info(stopped, "prices['tea']"), info(stopped, "cart.total"))
    frame = stopped.stack()[0]["id"]
    assert stopped.request("heapsight/inspect", expression="prices", frameId=frame)["references"] == before
    found = stopped.request(
        "heapsight/referrers", object=stopped.request("heapsight/inspect", expression="prices", frameId=frame)["object"]
    )
    assert [one["label"] for one in found["referrers"] if one["count"]] == ["local prices in main()"]


def test_beside_a_line_breakpoint_in_the_same_function(engine, session, tmp_path):
    """CPython forgets the event of an instruction that begins a line when the line's own event is disabled there."""
    program = tmp_path / "beside.py"
    program.write_text(
        "class Cart:\n    total = 0\n"
        "def main(cart, more):\n"
        "    print('here')\n"
        "    cart.total = 5\n"
        "    del cart.total\n"
        "    more = cart\n"
        "    call = lambda: (cart, more)\n"
        "main(Cart(), 1)\n"
    )
    session.launch(program, engine=engine)
    session.request("setBreakpoints", source={"path": str(program)}, breakpoints=[{"line": 4}])
    session.configured()
    session.wait_for_stopped("breakpoint")
    watch(session, info(session, "cart"), accessType="read")
    assert [next_stop(session)[0] for _ in range(3)] == [5, 6, 7]
