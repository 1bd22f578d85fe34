"""The commands about snapshots, as they are typed."""

import csv
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from heapsight.client import PACKAGE
from support.leaky_shop import HOSTILE, leaky_shop


def run(*words: object, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PACKAGE), *map(str, words)]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", **env}
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", env=env)


def lines_of(ended: subprocess.CompletedProcess[str]) -> list[str]:
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    assert "\x1b" not in ended.stdout
    return ended.stdout.splitlines()


def test_report(shop) -> None:
    lines = lines_of(run("report", shop))
    assert re.fullmatch(r"shop\.py, process 4711, Python \S+", lines[0])
    assert lines[1].startswith("6.0 MB in 222 objects")
    assert "1. 100 Order objects: 6.0 MB, 100 %" in lines
    assert "sys.modules['shop'].CACHE" in lines
    assert "    100   4.8 kB    6.0 MB  shop.Order" in lines
    assert any(re.fullmatch(r"5\.0 kB +2  str +'the same …' +sys\.modules\['shop'\]\.first", line) for line in lines)
    # In a pipe nothing is cut, however narrow what it was started from.
    assert lines_of(run("report", shop, COLUMNS="20")) == lines


def test_report_as_json(shop) -> None:
    report = json.loads("\n".join(lines_of(run("report", shop, "--json"))))
    assert report["meta"]["pid"] == 4711
    assert report["suspects"][0]["steps"][-1]["text"] == "list of 100 items"
    assert report["sparse"]["total"] == 0
    assert report["dominators"]["rows"][0]["dominates"]["total"] > 0


def test_report_of_one_type(shop, tmp_path) -> None:
    lines = lines_of(run("report", shop, "--type", "shop.Order"))
    assert [line.split() for line in lines] == [
        ["objects", "shallow", "retained", "site"],
        ["100", "4.8", "kB", "6.0", "MB", "/home/me/shop.py:17"],
    ]
    lines = lines_of(run("report", shop, "--by", "package", "--count", "1"))
    assert len(lines) == 3
    assert re.fullmatch(r"1 of \d+ rows \(--count 0: all\)", lines[2])
    untraced = leaky_shop(tmp_path / "untraced.heapsight", sites=False)
    lines = lines_of(run("report", untraced, "--type", "Order"))
    assert lines[1].endswith("(not traced)")
    assert lines[2].startswith("The program was not traced")
    assert run("report", shop, "--type", "Nothing").stderr == "heapsight: There is no type 'Nothing'.\n"
    assert run("report", shop, "--type", "Order", "--html", tmp_path / "x.html").returncode == 2


def test_suspects_and_their_limit(shop) -> None:
    assert "1. 100 Order objects: 6.0 MB, 100 %" in lines_of(run("suspects", shop))
    assert run("suspects", shop, "--fail-above", "5MB").returncode == 1
    assert run("suspects", shop, "--fail-above", "1 GiB").returncode == 0
    found = json.loads(run("suspects", shop, "--json").stdout)["suspects"]
    assert found[0]["path"] == "sys.modules['shop'].CACHE"
    ended = run("suspects", shop, "--fail-above", "many")
    assert ended.returncode == 2
    assert "'many' is not a size" in ended.stderr


def test_query(shop) -> None:
    lines = lines_of(run("query", shop, "type == 'Order' and path contains 'CACHE'", "--count", "2"))
    assert len(lines) == 4
    assert lines[0].split() == ["node", "retained", "size", "type", "object", "where"]
    assert re.search(r"shop\.Order +shop\.Order +sys\.modules\['shop'\]\.CACHE\[\d+\]$", lines[1])
    assert lines[-1] == "2 of 100 objects, 4.8 kB in all"
    answer = json.loads(run("query", shop, "size > 6kB", "--json", "--count", "0").stdout)
    assert answer["total"] == len(answer["rows"]) == 101
    assert lines_of(run("query", shop, "size > 1GB")) == ["0 objects, 0 B in all"]


def test_diff(shop, later) -> None:
    lines = lines_of(run("diff", shop, later))
    assert lines[0] == "shop.heapsight → later.heapsight: +100 objects, +3.0 MB"
    assert "    +2.4 kB           +50     100    150  shop.Order" in lines
    assert not any("function" in line for line in lines)
    by_place = lines_of(run("diff", shop, later, "--by", "dominator"))
    assert any(line.endswith("  sys.modules['shop'].CACHE") for line in by_place)
    by_line = lines_of(run("diff", shop, later, "--by", "site"))
    assert any(line.endswith("  /home/me/shop.py:18") for line in by_line)
    assert lines_of(run("diff", shop, shop))[-1] == "Nothing has changed."
    assert re.fullmatch(r"\d+ more have not changed \(--all\)\.", lines[-1])
    whole = lines_of(run("diff", shop, later, "--all"))
    assert any("function" in line for line in whole)
    assert not any("--all" in line for line in whole)


def test_what_is_new(shop, later, tmp_path) -> None:
    lines = lines_of(run("diff", shop, later, "--new", "shop.Order", "--count", "2"))
    assert lines[0].split() == ["node", "retained", "size", "object", "where"]
    assert re.search(r"shop\.Order +sys\.modules\['shop'\]\.CACHE\[1\d\d\]$", lines[1])
    assert lines[3] == "2 of 50 new of 150 objects of shop.Order, 2.4 kB"
    place = ("--by", "dominator", "--new", "sys.modules['shop'].CACHE", "--count", "0", "--json")
    assert json.loads("\n".join(lines_of(run("diff", shop, later, *place))))["total"] == 100
    other = leaky_shop(tmp_path / "other.heapsight", 150, python="3.99")
    lines = lines_of(run("diff", shop, other, "--new", "shop.Order"))
    assert lines[-1] == "The snapshots are of different processes, so all objects are listed."
    ended = run("diff", shop, later, "--new", "shop.Cart")
    assert ended.returncode == 2
    assert ended.stderr == f"heapsight: there is no type 'shop.Cart' in {later}\n"


def test_diff_of_several(shop, later, tmp_path) -> None:
    last = leaky_shop(tmp_path / "last.heapsight", 170)
    lines = lines_of(run("diff", shop, later, last))
    (line,) = (line for line in lines if "shop.Order" in line)
    assert re.fullmatch(r" +\+3\.4 kB +\+2\.4 kB +\+960 B +\+70 +100 +170  shop\.Order ↑", line)
    answer = json.loads(run("diff", shop, later, shop, "--json").stdout)
    order = next(row for row in answer["rows"] if row["name"] == "shop.Order")
    assert order["steps"] == [2400, -2400]
    assert order["grewEachTime"] is False


@pytest.mark.parametrize("table", ["types", "objects"])
def test_tables(shop, tmp_path, table: str) -> None:
    paths = [tmp_path / f"out.{form}" for form in ("csv", "json")]
    for path in paths:
        lines_of(run("export", shop, "--format", path.suffix[1:], "--table", table, "-o", path))
    with paths[0].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    data = json.loads(paths[1].read_text(encoding="utf-8"))
    assert len(rows) == len(data)
    assert list(rows[0]) == list(data[0])
    if table == "types":
        order = next(row for row in data if row["name"] == "shop.Order")
        assert order == {"name": "shop.Order", "count": 100, "shallow": 4800, "retained": 6_004_800}
    else:
        # Nothing of Heapsight's own, as in all tables.
        nodes = [row["node"] for row in data]
        assert nodes == sorted(set(nodes))
        assert not any("heapsight" in row["type"] for row in data)
        assert len(nodes) == json.loads(run("report", shop, "--json").stdout)["summary"]["objects"] + 2  # pseudo nodes
        assert sum(row["size"] for row in data) == sum(int(row["size"]) for row in rows)
        assert any(row["value"] == repr(HOSTILE) for row in rows)


class Page(HTMLParser):
    """What a page consists of: its tags, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.loads += [value for name, value in attrs if name in ("src", "href") and not value.startswith("#")]

    def handle_data(self, data) -> None:
        self.text.append(data)


def test_the_page_needs_nothing_and_runs_nothing_of_the_programs(shop, tmp_path) -> None:
    path = tmp_path / "report.html"
    lines_of(run("report", shop, "--html", path))
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.tags.count("script") == 1
    assert page.loads == []
    assert "http" not in text.replace("http-equiv", "")
    assert "<script>alert" not in text
    assert any("sys.modules['shop'].CACHE" in piece for piece in page.text)
    assert page.tags.count("table") >= 4


def test_a_hostile_text_stays_text(tmp_path) -> None:
    from support.snapshots import Builder

    built = Builder(argv=[HOSTILE], label=HOSTILE)
    _, namespace = built.module(HOSTILE)
    for _ in range(2):
        built.entry(namespace, HOSTILE, built.node(HOSTILE, 100_000, value=HOSTILE, name=HOSTILE, place=(HOSTILE, 1)))
    path = tmp_path / "report.html"
    lines_of(run("report", built.write(tmp_path / "x.heapsight"), "--html", path))
    assert Page(path.read_text(encoding="utf-8")).tags.count("script") == 1


def test_a_hostile_text_does_not_reach_the_terminal(tmp_path) -> None:
    from support.snapshots import Builder

    name = "shop\x1b]0;title\x07\x1b[31m"
    built = Builder(argv=[name], label=name)
    _, namespace = built.module(name)
    built.entry(namespace, name, built.node(name, 100_000, name=name, place=(name, 1)))
    path = built.write(tmp_path / "x.heapsight")
    for command in ("report", "suspects"):
        ended = run(command, path)
        assert ended.returncode == 0, ended.stderr
        assert r"\x1b[31m" in ended.stdout
        assert not {"\x1b", "\x07"} & set(ended.stdout)


@pytest.mark.parametrize(
    "words",
    [
        ("report", "/nowhere"),
        ("report", __file__),
        ("suspects", "/nowhere"),
        ("diff", "/nowhere", "/nowhere"),
        ("diff", "{shop}"),
        ("diff", "{shop}", __file__),
        ("query", "{shop}", "type =="),
        ("query", "{shop}", "import os"),
        ("export", "{shop}", "--format", "csv", "-o", "/nowhere/out"),
        ("export", "/nowhere", "--format", "html", "-o", "out"),
    ],
)
def test_what_cannot_be_done_is_one_line(shop, tmp_path, words: tuple[str, ...]) -> None:
    ended = run(*(word.format(shop=shop) for word in words))
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert re.fullmatch(r"heapsight: .+\n", ended.stderr)


def test_a_reader_that_has_enough(later) -> None:
    command = [sys.executable, str(PACKAGE), "query", str(later), "size > 0", "--count", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo terminal")
@pytest.mark.parametrize("has_rich", [True, False])
def test_on_a_terminal(shop, tmp_path, has_rich: bool) -> None:
    import pty

    if has_rich:
        pytest.importorskip("rich")
    (tmp_path / "rich.py").write_text("" if has_rich else "raise ImportError")
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    if not has_rich:
        env["PYTHONPATH"] = str(tmp_path)
    controller, terminal = pty.openpty()
    command = [sys.executable, str(PACKAGE), "report", str(shop)]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=env) as process:
        os.close(terminal)
        data = b""
        while True:
            try:
                piece = os.read(controller, 65536)
            except OSError:
                break
            if not piece:
                break
            data += piece
    os.close(controller)
    assert process.returncode == 0, data
    text = data.decode()
    assert "shop.Order" in text
    assert ("\x1b[" in text) is has_rich
    assert "Traceback" not in text


def test_the_commands_are_listed() -> None:
    text = run("--help").stdout
    for name in ("report", "diff", "suspects", "query", "export"):
        assert re.search(rf"^  {name} ", text, re.MULTILINE)


def test_without_a_page_nothing_is_written(shop, tmp_path) -> None:
    missing = tmp_path / "missing" / "report.html"
    assert run("report", shop, "--html", missing).returncode == 2
    assert list(Path(tmp_path).iterdir()) == []
