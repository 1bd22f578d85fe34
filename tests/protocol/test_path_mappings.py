"""The client's own terms: files that the program calls otherwise, lines and columns that count from 0, URIs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heapsight.session.client_terms import ClientTerms
from heapsight.wire.configuration import BadConfiguration
from heapsight.wire.launch_options import read_attach, read_launch
from heapsight.wire.path_mappings import PathMapper, PathMapping
from support.markers import line_of, program_path

NAMES = [
    # local root, remote root, the client's name, the program's
    ("/home/me/shop", "/app", "/home/me/shop/a/b.py", "/app/a/b.py"),
    ("/home/me/shop/", "/app/", "/home/me/shop/b.py", "/app/b.py"),
    ("/home/me/shop", "/", "/home/me/shop/b.py", "/b.py"),
    ("C:\\work\\shop", "/app", "c:\\work\\shop\\Sub\\b.py", "/app/Sub/b.py"),
    ("C:/work/shop", "/app", "C:\\Work\\Shop\\b.py", "/app/b.py"),
    ("\\\\server\\share\\shop", "/app", "\\\\server\\share\\shop\\b.py", "/app/b.py"),
    ("/home/me/shop", "D:\\app", "/home/me/shop/a/b.py", "D:\\app\\a\\b.py"),
    ("C:\\", "/mnt/c", "C:\\x\\b.py", "/mnt/c/x/b.py"),
    ("/home/Ümläut €", "/app", "/home/Ümläut €/𝄞.py", "/app/𝄞.py"),
]


@pytest.mark.parametrize(("local", "remote", "client", "program"), NAMES)
def test_names_both_ways(local, remote, client, program):
    mapper = PathMapper([PathMapping(local, remote)])
    assert mapper.to_remote(client) == program
    back = mapper.to_local(program)
    assert back is not None
    assert mapper.to_remote(back) == program
    if "\\" not in client:
        assert back == client


@pytest.mark.parametrize("path", ["/home/me/shopping/b.py", "/home/me/b.py", "b.py", "/Home/me/shop/b.py", "<string>"])
def test_names_of_other_folders_stay(path):
    mapper = PathMapper([PathMapping("/home/me/shop", "/app")])
    assert mapper.to_remote(path) == path
    assert mapper.to_local("/application/b.py") is None
    assert mapper.to_local("/app") == "/home/me/shop"


@pytest.mark.parametrize("turn", [1, -1])
def test_the_innermost_folder_counts_in_any_order(turn):
    mapper = PathMapper([PathMapping("/w", "/app"), PathMapping("/w/lib", "/usr/lib/shop")][::turn])
    assert mapper.to_remote("/w/lib/b.py") == "/usr/lib/shop/b.py"
    assert mapper.to_remote("/w/b.py") == "/app/b.py"
    assert mapper.to_local("/usr/lib/shop/b.py") == "/w/lib/b.py"


_part = st.text(st.characters(blacklist_characters="/\\:\0", blacklist_categories=["Cs"]), min_size=1).filter(
    lambda part: part not in {".", ".."}
)


@given(st.lists(_part, min_size=1, max_size=3), st.lists(_part, min_size=1, max_size=3), st.lists(_part, max_size=4))
def test_a_name_comes_back_as_it_was(local, remote, rest):
    mapper = PathMapper([PathMapping("/" + "/".join(local), "D:\\" + "\\".join(remote))])
    path = "/" + "/".join([*local, *rest])
    assert mapper.to_local(mapper.to_remote(path)) == path


def test_configurations():
    one = {"localRoot": "/w", "remoteRoot": "/app"}
    expected = (PathMapping("/w", "/app"),)
    assert read_launch({"program": "a.py", "pathMappings": [one]}).path_mappings == expected
    assert read_attach({"port": 1, **one}).path_mappings == expected
    assert read_attach({"port": 1}).path_mappings == ()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("/w", "'pathMappings' has to be a list"),
        (["/w"], r"'pathMappings\[0\]' has to be an object"),
        ([{"localRoot": "/w"}], r"'pathMappings\[0\].remoteRoot' has to be a string"),
        ([{"localRoot": "", "remoteRoot": "/app"}], "empty folder"),
    ],
)
def test_wrong_configurations(wrong, complaint):
    with pytest.raises(BadConfiguration, match=complaint):
        read_attach({"port": 1, "pathMappings": wrong})


def test_what_the_client_does_not_have_it_asks_the_program_for():
    terms = ClientTerms({}, (PathMapping("/w", "/app"),), lambda path: False)
    event = {"type": "event", "event": "output", "body": {"source": {"path": "/usr/lib/x.py"}, "line": 3}}
    source = terms.answer(event)["body"]["source"]
    assert source["path"] == "/usr/lib/x.py"
    assert terms.answer(event)["body"]["source"] == source
    number = source["sourceReference"]
    for arguments in ({"sourceReference": number}, {"sourceReference": number, "source": source}):
        asked = terms.request({"type": "request", "command": "source", "arguments": arguments})["arguments"]
        assert (asked["source"]["path"], asked["sourceReference"]) == ("/usr/lib/x.py", 0)
        assert not asked["source"].get("sourceReference")
    setting = {"type": "request", "command": "setBreakpoints", "arguments": {"source": source, "breakpoints": []}}
    assert terms.request(setting)["arguments"]["source"] == {"path": "/usr/lib/x.py"}
    own = {"type": "event", "event": "output", "body": {"source": {"path": "/app/x.py", "sourceReference": 0}}}
    assert terms.answer(own)["body"]["source"]["path"] == "/w/x.py"


@pytest.mark.parametrize("remote", [None, "."])
def test_a_program_in_another_folder_than_the_client_thinks(session, tmp_path, remote):
    shutil.copy(program_path("agent_shop.py"), tmp_path / "agent_shop.py")
    local = Path("/no/such/folder/agent_shop.py")
    mapping = {"localRoot": str(local.parent), "remoteRoot": remote or str(tmp_path)}
    more = {"console": "internalConsole", "cwd": str(tmp_path), "pathMappings": [mapping]}
    session.launch(tmp_path / "agent_shop.py", **more)
    line = line_of("agent_shop.py", "handled")
    answer = session.request("setBreakpoints", source={"path": str(local)}, breakpoints=[{"line": line}])
    [told] = answer["breakpoints"]
    assert (told["verified"], told["source"]["path"]) == (True, str(local))
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert [frame["source"]["path"] for frame in session.stack()] == [str(local)] * 3
    found = session.request("breakpointLocations", source={"path": str(local)}, line=line)["breakpoints"]
    assert {one["line"] for one in found} == {line}
    session.request("setBreakpoints", source={"path": str(local)}, breakpoints=[])
    session.cont()
    assert session.wait_for_exit() == 0
    printed = [body for body in session.output_events if body.get("category") == "stdout"]
    assert {body["source"]["path"] for body in printed} == {str(local)}


def test_a_client_that_counts_from_0_and_writes_uris(session):
    path = program_path("agent_shop.py")
    session.initialize(linesStartAt1=False, columnsStartAt1=False, pathFormat="uri")
    number = session.client.send_request("launch", {"program": str(path), "console": "internalConsole"})
    session.client.wait_for("initialized")
    line = line_of("agent_shop.py", "handled") - 1
    answer = session.request("setBreakpoints", source={"path": path.as_uri()}, breakpoints=[{"line": line}])
    assert answer["breakpoints"][0]["line"] == line
    assert answer["breakpoints"][0]["source"]["path"] == path.as_uri()
    session.configured()
    assert session.client.wait_response(number)["success"]
    session.wait_for_stopped("breakpoint")
    top = session.stack()[0]
    assert (top["line"], top["column"], top["source"]["path"]) == (line, 4, path.as_uri())
    found = session.request("breakpointLocations", source={"path": path.as_uri()}, line=line)["breakpoints"]
    assert found[0]["line"] == line
    assert found[0]["column"] == 4
