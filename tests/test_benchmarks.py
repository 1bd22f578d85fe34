"""The benchmarks run, so that their figures can be asked for at any time."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(FOLDER / "run.py"), *words], capture_output=True, text=True)


def test_a_latency_and_a_slowdown_of_two_peers(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    ended = run("--cases", "hover,cold", "--peers", "heapsight,debugpy+nodelay", "--rounds", "1", "--json", str(result))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (report,) = json.loads(result.read_text())
    assert [row["case"] for row in report["cases"]] == ["hover", "cold"]
    for row in report["cases"]:
        assert set(row["figures"]) == {"heapsight", "debugpy+nodelay"}
        assert all(figure["low"] <= figure["middle"] <= figure["high"] for figure in row["figures"].values())
    assert "| hover: evaluate |" in ended.stdout


def test_what_a_debugger_brings_into_the_process(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    ended = run("--cases", "modules,memory", "--peers", "heapsight", "--rounds", "1", "--json", str(result))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (report,) = json.loads(result.read_text())
    assert all(row["figures"]["heapsight"]["middle"] > 0 for row in report["cases"])
    assert "MB more" in ended.stdout


def test_unknown_cases_are_named() -> None:
    ended = run("--cases", "hover,nothing")
    assert ended.returncode == 2
    assert "unknown: nothing; there are: launch, step" in ended.stderr


@pytest.fixture
def measuring(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = importlib.util.spec_from_file_location("measuring", FOLDER / "measuring.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "measuring", module)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("peers", None)


@pytest.mark.parametrize(("share", "value"), [(0.99, 99), (0.5, 50), (1.0, 100), (0.001, 1)])
def test_percentiles(measuring, share: float, value: int) -> None:
    assert measuring.percentile(list(range(1, 101)), share) == value


def test_figures(measuring) -> None:
    def case(kind, events=1):
        return measuring.Case("name", "title", kind, None, events)

    kinds = measuring.Kind
    timed = measuring.Result([[3.0, 2.0], [5.0, 4.0], [8.0, 9.0]])
    bare = measuring.Result([[1.0, 1.5], [2.0, 3.0], [2.0, 2.0]])
    slowdown = measuring.figure(case(kinds.SLOWDOWN), timed, bare)
    assert (slowdown.middle, slowdown.low, slowdown.high, slowdown.p99) == (2.0, 2.0, 4.0, None)
    cost = measuring.figure(case(kinds.COST, events=1000), timed, bare)
    assert (cost.middle, cost.low, cost.high) == (2000.0, 1000.0, 6000.0)
    latency = measuring.figure(case(kinds.LATENCY), timed, None)
    assert (latency.middle, latency.low, latency.high, latency.p99) == (4500.0, 2500.0, 8500.0, 9000.0)


def test_heap_operations(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    script = str(FOLDER / "heap.py")
    words = ["--nodes", "20000", "--rounds", "1", "--only", "chain,hover,analysis", "--json", str(result)]
    ended = subprocess.run([sys.executable, script, *words], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (report,) = json.loads(result.read_text())
    assert set(report) == {"python", "nodes", "chain", "hover", "analysis"}
    own, _ = report["chain"].values()
    assert own["samples"][0] > 0
    assert min(report["analysis"]["by dominator"]) > 0
    assert "| heapsight, live: hop by hop, labelled |" in ended.stdout


def test_a_heap_question_that_there_is_not() -> None:
    words = [sys.executable, str(FOLDER / "heap.py"), "--only", "nothing"]
    ended = subprocess.run(words, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "unknown: nothing; there are: snapshot, histogram" in ended.stderr
