"""Tensors and modules of torch, tables of polars: looked at in a session, where the libraries are installed."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest

TORCH = """\
import torch
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(4, 3)
        self.register_buffer("scale", torch.ones(2))
net = Net()
big = torch.zeros(1000, 1000)
view = big[::2, 3]
sparse = torch.eye(3).to_sparse()
half = torch.ones(2, dtype=torch.bfloat16, requires_grad=True)
print("made")
"""
POLARS = """\
import polars
table = polars.DataFrame({"n": list(range(200)), "t": ["s"] * 200})
column = table["n"]
print("made")
"""


def stopped_at_the_end(session, tmp_path, text: str) -> dict[str, dict]:
    program = tmp_path / "made.py"
    program.write_text(text)
    session.launch(program, console="internalConsole")
    line = text.count("\n")
    session.request("setBreakpoints", source={"path": str(program)}, breakpoints=[{"line": line}])
    session.configured()
    session.wait_for_stopped("breakpoint")
    return session.local_variables()


def test_torch(session, tmp_path):
    pytest.importorskip("torch")
    rows = stopped_at_the_end(session, tmp_path, TORCH)
    assert rows["big"]["value"].startswith("Tensor (1000, 1000) float32 cpu [[0.0, 0.0")
    assert rows["half"]["value"] == "Tensor (2,) bfloat16 cpu requires_grad [1.0, 1.0]"
    assert rows["net"]["value"] == "Net(fc: Linear)"
    net = session.variables(rows["net"]["variablesReference"])
    assert list(net)[:3] == ["fc", "scale", "training"]
    assert net["fc"]["value"] == "Linear(in_features=4, out_features=3, bias=True)"
    view = session.variables(rows["view"]["variablesReference"], filter="named")
    assert (view["nbytes"]["value"], view["storage"]["value"], view["stride()"]["value"]) == (
        "2000",
        "4000000",
        "(2000,)",
    )
    sparse = session.variables(rows["sparse"]["variablesReference"])
    assert (sparse["1"]["value"], sparse["len()"]["value"]) == ("Tensor (3,) float32 cpu", "3")


def test_the_bytes_of_a_tensor(session, tmp_path):
    pytest.importorskip("torch")
    text = TORCH.replace("big =", "wide = torch.arange(6, dtype=torch.int16).reshape(2, 3)\ncolumn = wide[:, 1]\nbig =")
    rows = stopped_at_the_end(session, tmp_path, text)
    assert "memoryReference" not in rows["sparse"]
    found = {name: rows[name]["memoryReference"] for name in ("wide", "column")}

    def read(name: str) -> bytes:
        return b64decode(session.request("readMemory", memoryReference=found[name], count=100)["data"])

    assert read("wide") == bytes([0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0])
    assert read("column") == bytes([1, 0, 4, 0])
    data = b64encode(bytes([9, 0])).decode()
    assert session.request("writeMemory", memoryReference=found["column"], offset=2, data=data)["bytesWritten"] == 2
    assert session.evaluate("wide.tolist()")["result"] == "[[0, 1, 2], [3, 9, 5]]"


def test_polars(session, tmp_path):
    pytest.importorskip("polars")
    rows = stopped_at_the_end(session, tmp_path, POLARS)
    assert rows["table"]["value"] == "DataFrame 200 × 2 (n: Int64, t: String)"
    assert rows["column"]["value"].startswith("Series (200,) Int64 [0, 1, 2,")
    reference = rows["table"]["variablesReference"]
    page = session.variables(reference, filter="indexed", start=150, count=2)
    assert {name: row["value"] for name, row in page.items()} == {
        "150": "{'n': 150, 't': 's'}",
        "151": "{'n': 151, 't': 's'}",
    }
    assert session.evaluate(page["151"]["evaluateName"], "watch")["result"] == page["151"]["value"]
    columns = session.variables(session.variables(reference, filter="named")["columns"]["variablesReference"])
    assert columns["t"]["evaluateName"] == "table['t']"
    assert columns["t"]["value"].startswith("Series (200,) String ['s', 's'")
