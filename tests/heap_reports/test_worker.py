"""The heap worker, by its protocol: what it answers."""

import pytest

from heapsight.client import RequestRefused
from heapsight.heap.worker_commands import COMMANDS
from heapsight.wire.heap_worker_requests import HEAP_COMMANDS

ROW = {"node", "type", "size", "retained", "text"}


def the(rows: list[dict], **wanted) -> dict:
    """Return the only row with these values."""
    found = [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]
    assert len(found) == 1, (wanted, rows)
    return found[0]


@pytest.fixture
def cache(ask) -> int:
    """Return the node of the list with all orders."""
    return the(ask("instances", type="list", sortBy="retained", count=1)["rows"], type="list")["node"]


def test_every_request_has_a_command() -> None:
    assert set(COMMANDS) == set(HEAP_COMMANDS)


def test_open_and_close(worker, shop) -> None:
    opened = worker.request("open", {"path": str(shop)})
    assert opened["meta"]["argv"] == ["shop.py"]
    assert opened["nodes"] > 200
    assert opened["references"] > 300
    assert opened["types"] == 13
    assert opened["bytes"] > 6_000_000
    assert opened["complete"] is True
    assert opened["notes"] == []
    worker.request("close", {"snapshot": opened["snapshot"]})
    with pytest.raises(RequestRefused, match=r"There is no open snapshot 1\."):
        worker.request("types", {"snapshot": opened["snapshot"]})


def test_several_snapshots_at_once(worker, shop, later) -> None:
    one = worker.request("open", {"path": str(shop)})["snapshot"]
    other = worker.request("open", {"path": str(later)})["snapshot"]
    counts = [
        the(worker.request("types", {"snapshot": each})["rows"], name="shop.Order")["count"] for each in (one, other)
    ]
    assert counts == [100, 150]
    worker.request("close", {"snapshot": one})
    assert worker.request("types", {"snapshot": other})["total"] > 0
    # A number is not used again.
    assert worker.request("open", {"path": str(shop)})["snapshot"] not in (one, other)


def test_summary(ask) -> None:
    summary = ask("summary")
    assert summary["own"] == {"bytes": 400, "objects": 1}
    assert summary["unreachable"] == {"bytes": 128, "objects": 2}
    assert summary["native"] == {"bytes": 7000, "objects": 1}
    assert summary["objects"] > 200
    assert summary["bytes"] > 100 * 60_048
    assert summary["suspects"] == ask("suspects")["suspects"]
    assert len(summary["topTypes"]) == 10
    assert summary["topTypes"] == ask("types", count=10)["rows"]


def test_suspects(ask, cache) -> None:
    (suspect, *_) = ask("suspects")["suspects"]
    assert suspect["retained"] > 100 * 60_048
    assert 0.9 < suspect["share"] <= 1
    assert suspect["accumulation"]["node"] == cache
    assert "CACHE" in suspect["accumulation"]["path"]
    assert "CACHE" in suspect["sentence"]
    assert suspect["title"]
    assert suspect["type"]


def test_types(ask) -> None:
    answer = ask("types", count=3)
    assert answer["total"] > 5
    assert len(answer["rows"]) == 3
    retained = [row["retained"] for row in ask("types")["rows"]]
    assert retained == sorted(retained, reverse=True)
    order = the(ask("types", filter="order")["rows"], name="shop.Order")
    assert order["count"] == 100
    assert order["shallow"] == 4_800
    assert order["retained"] == 100 * 60_048
    names = [row["name"] for row in ask("types", sortBy="name", start=2)["rows"]]
    assert names == sorted(names)
    assert the(ask("types", groupBy="module")["rows"], name="shop")["count"] == 100
    assert the(ask("types", groupBy="package")["rows"], name="shop")["count"] == 100
    site = the(ask("types", groupBy="site")["rows"], name="/home/me/shop.py:18")
    assert site["shallow"] == 100 * 60_000


def test_where_the_objects_of_a_type_were_allocated(ask) -> None:
    (site,) = ask("types", groupBy="site", only="Order")["rows"]
    assert (site["key"], site["count"], site["retained"]) == ("/home/me/shop.py:17", 100, 100 * 60_048)
    sites = {row["key"]: row["count"] for row in ask("types", groupBy="site", only="str")["rows"]}
    assert sites["/home/me/shop.py:18"] == 100
    assert sites["(not traced)"] < 100
    assert "/home/me/shop.py:17" not in sites
    rows = ask("instances", groupBy="site", type="(not traced)", only="str")["rows"]
    assert len(rows) == sites["(not traced)"]
    assert {row["type"] for row in rows} == {"str"}


def test_instances(ask) -> None:
    answer = ask("instances", type="shop.Order", start=10, count=5)
    assert answer["total"] == 100
    assert len(answer["rows"]) == 5
    assert all(row.keys() >= ROW for row in answer["rows"])
    assert {row["type"] for row in answer["rows"]} == {"shop.Order"}
    assert {row["retained"] for row in answer["rows"]} == {60_048}
    sizes = [row["size"] for row in ask("instances", type="str", sortBy="size")["rows"]]
    assert sizes == sorted(sizes, reverse=True)
    assert ask("instances", type="shop.Nothing") == {"rows": [], "total": 0}


def test_query(ask) -> None:
    answer = ask("query", query="type == 'Order' and retained > 1kB", count=4)
    assert answer["total"] == 100
    assert len(answer["rows"]) == 4
    assert answer["bytes"] == 4_800
    with pytest.raises(RequestRefused, match=r"\d"):
        ask("query", query="type == ")


def test_object(ask, cache) -> None:
    found = ask("object", node=cache)
    assert found.keys() >= ROW | {"address", "refcount", "immortal", "tracked", "path", "native", "dominator"}
    assert found["path"] == "sys.modules['shop'].CACHE"
    assert found["refcount"] == 1
    assert found["native"] == 0
    assert found["length"] == 100
    payload = ask("references", node=cache, count=1)["rows"][0]
    text = the(ask("references", node=payload["node"])["rows"], label=".payload")
    assert ask("object", node=text["node"])["value"] == "'payload 0'"
    assert ask("object", node=payload["node"])["site"] == "/home/me/shop.py:17\n/home/me/shop.py:36"
    serve = the(ask("instances", type="function")["rows"], name="serve")
    assert ask("object", node=serve["node"])["place"] == {"path": "/home/me/shop.py", "line": 30}


def test_neighbours(ask, cache) -> None:
    references = ask("references", node=cache, start=98)
    assert references["total"] == 100
    assert [(row["label"], row["kind"]) for row in references["rows"]] == [("[98]", "item"), ("[99]", "item")]
    order = references["rows"][0]["node"]
    (held_by,) = ask("referrers", node=order)["rows"]
    assert (held_by["node"], held_by["label"], held_by["kind"]) == (cache, "[98]", "item")
    dominated = ask("dominated", node=cache, count=2)
    assert dominated["total"] == 100
    assert {row["type"] for row in dominated["rows"]} == {"shop.Order"}
    assert dominated["rows"][0]["label"].startswith("[")
    (row,) = ask("referrers", node=cache)["rows"]
    assert (row["label"], row["kind"], row["type"]) == ("['CACHE']", "value", "dict")


def test_what_nothing_dominates(ask) -> None:
    found = ask("dominated")
    rows = found["rows"]
    assert found["own"] == {"bytes": 400, "objects": 1}
    assert not any(row["type"].startswith("heapsight") for row in rows)
    assert rows[0]["text"] == "module shop"
    assert rows[0]["label"] == "sys.modules['shop']"


def test_path(ask, cache) -> None:
    found = ask("path", node=cache)
    assert found["expression"] == "sys.modules['shop'].CACHE"
    assert found["root"] == "module"
    assert [step["text"] for step in found["steps"]] == ["module shop", "dict", "list of 100 items"]
    assert found["steps"][-1]["node"] == cache


def test_waste(ask) -> None:
    duplicates = ask("duplicates")
    same = the(duplicates["rows"], text="'the same …'")
    assert (same["count"], same["bytes"], same["wasted"], same["type"]) == (2, 10_000, 5_000, "str")
    assert len(same["nodes"]) == 2
    assert duplicates["wasted"] >= 5_000
    sparse = ask("sparse")
    assert sparse["total"] == len(sparse["rows"])
    cycles = ask("cycles")
    assert cycles["total"] == 1
    assert (cycles["rows"][0]["objects"], cycles["rows"][0]["bytes"]) == (2, 128)
    assert cycles["rows"][0]["sentence"]
    (row,) = ask("cycles", alike=True)["rows"]
    assert (row["cycles"], row["objects"], row["sentence"]) == (1, 2, cycles["rows"][0]["sentence"])
    native = ask("nativeHeld")
    (row,) = native["rows"]
    assert (row["type"], row["count"], row["size"]) == ("bytes", 2, 7000)


def test_compare(worker, shop, later) -> None:
    before = worker.request("open", {"path": str(shop)})["snapshot"]
    after = worker.request("open", {"path": str(later)})["snapshot"]
    answer = worker.request("compare", {"before": before, "after": after})
    row = the(answer["rows"], name="shop.Order")
    assert (row["countBefore"], row["countAfter"], row["countChange"]) == (100, 150, 50)
    assert row["sizeChange"] == 50 * 48
    assert answer["totals"]["sizeChange"] == 50 * 60_048 + 50 * 8
    page = worker.request("compare", {"before": before, "after": after, "start": 1, "count": 1})
    assert page["rows"] == answer["rows"][1:2]
    assert page["total"] == answer["total"]
    sites = worker.request("compare", {"before": before, "after": after, "groupBy": "site"})
    assert the(sites["rows"], name="/home/me/shop.py:18")["sizeChange"] == 50 * 60_000
    holders = worker.request("compare", {"before": before, "after": after, "groupBy": "dominator"})
    assert any("CACHE" in row["name"] for row in holders["rows"])


def test_the_same_heap_has_not_changed(worker, shop) -> None:
    numbers = [worker.request("open", {"path": str(shop)})["snapshot"] for _ in range(2)]
    answer = worker.request("compare", {"before": numbers[0], "after": numbers[1]})
    assert answer["totals"]["sizeChange"] == answer["totals"]["countChange"] == 0
    assert (answer["rows"], answer["total"]) == ([], 0)
    whole = worker.request("compare", {"before": numbers[0], "after": numbers[1], "all": True})
    assert answer["unchanged"] == whole["unchanged"] == whole["total"] == len(whole["rows"]) > 5
    assert all(row["change"] == "survived" for row in whole["rows"])


def test_new_objects(worker, shop, later) -> None:
    before, after = (worker.request("open", {"path": str(path)})["snapshot"] for path in (shop, later))
    files = {"before": before, "after": after}
    answer = worker.request("new", {**files, "type": "shop.Order", "count": 3})
    assert (answer["total"], answer["objects"], answer["bytes"]) == (50, 150, 50 * 48)
    assert [row["type"] for row in answer["rows"]] == ["shop.Order"] * 3
    assert answer["sameProcess"] is True
    further = worker.request("new", {**files, "type": "shop.Order", "start": 3})
    assert len({row["node"] for row in answer["rows"] + further["rows"]}) == 50
    place = {**files, "groupBy": "dominator", "type": "sys.modules['shop'].CACHE", "sortBy": "size", "count": 50}
    held = worker.request("new", place)
    assert [row["type"] for row in held["rows"]] == ["str"] * 50
    assert worker.request("new", {**files, "type": "nothing"})["objects"] == 0


def test_a_trend(worker, shop, later) -> None:
    first, last = (worker.request("open", {"path": str(path)})["snapshot"] for path in (shop, later))
    answer = worker.request("trend", {"snapshots": [first, last, last], "filter": "order"})
    (row,) = answer["rows"]
    assert (row["counts"], row["sizes"], row["grows"]) == ([100, 150, 150], [4800, 7200, 7200], True)
    assert answer["unchanged"] == 0
    assert worker.request("trend", {"snapshots": [first, first]})["rows"] == []
    assert len(worker.request("trend", {"snapshots": [first, first], "all": True, "count": 2})["rows"]) == 2


@pytest.mark.parametrize("format", ["heapsnapshot", "heapprofile", "csv", "json", "html"])
def test_export(ask, tmp_path, format: str) -> None:
    path = tmp_path / f"out.{format}"
    answer = ask("export", format=format, path=str(path))
    assert answer == {"path": str(path), "bytes": path.stat().st_size}
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
