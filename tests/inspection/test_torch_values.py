"""Tensors, by a stand-in that has the part of torch's interface that is used: torch itself is too large to install."""

import sys
import types

import pytest

from support.inspecting import Looking

LOG = []


class Tensor:
    """Nested lists with the names of `torch.Tensor`."""

    def __init__(self, numbers, requires_grad=False, device="cpu", layout="torch.strided"):
        self._numbers = numbers
        self.requires_grad = requires_grad
        self.device = device
        self.layout = layout
        self.dtype = "torch.float32"
        self.grad = None

    @property
    def shape(self):
        found, inner = [], self._numbers
        while isinstance(inner, list):
            found.append(len(inner))
            inner = inner[0] if inner else 0
        return tuple(found)

    def dim(self):
        return len(self.shape)

    def __len__(self):
        return len(self._numbers)

    def detach(self):
        return Tensor(self._numbers, False, self.device)

    def item(self):
        return self._numbers

    def tolist(self):
        LOG.append(("tolist", self.shape))
        return self._numbers

    def __getitem__(self, index):
        assert not self.requires_grad, "indexing this would add to its history"
        return Tensor(self._numbers[index])

    def __setitem__(self, index, value):
        self._numbers[index] = value

    def max(self):
        return Tensor(max(self._numbers))

    def __repr__(self):
        return f"tensor({self._numbers})"


@pytest.fixture(autouse=True)
def torch(monkeypatch):
    module = types.ModuleType("torch")
    module.Tensor = Tensor
    monkeypatch.setitem(sys.modules, "torch", module)
    monkeypatch.setattr(Tensor, "__module__", "torch")
    return module


def test_text_and_elements():
    tensor = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    looking = Looking()
    row = looking.local("tensor")
    assert row["value"] == "Tensor (2, 2) float32 cpu requires_grad [[1.0, 2.0], [3.0, 4.0]]"
    assert row["indexedVariables"] == 2
    inside = looking.inside("tensor")
    assert inside["shape"]["value"] == "(2, 2)"
    assert (inside["1"]["value"], inside["1"]["evaluateName"]) == ("[3.0, 4.0]", "tensor[1]")
    assert looking.named(inside["1"]["variablesReference"])["0"]["value"] == "3.0"
    looking.set(row["variablesReference"], "0", "[8.0, 9.0]")
    assert tensor.tolist()[0] == [8.0, 9.0]


def test_only_what_is_shown_is_fetched():
    tensor = Tensor([float(number) for number in range(1000)])
    looking = Looking()
    LOG.clear()
    row = looking.local("tensor")
    looking.rows(row["variablesReference"], "indexed", 500, 10)
    assert LOG == [("tolist", (30,)), ("tolist", (10,))]
    assert looking.inside("tensor")["max"]["presentationHint"]["lazy"]
    assert len(tensor) == 1000


def test_tensors_without_numbers():
    meta, number = Tensor([1.0], device="meta"), Tensor(2.5)
    looking = Looking()
    assert looking.local("meta")["value"] == "Tensor (1,) float32 meta"
    assert looking.local("number")["value"] == "Tensor () float32 cpu 2.5"
    assert looking.inside("number")["item()"]["value"] == "2.5"
    assert looking.run("meta") == "tensor([1.0])"
    assert number.item()
    assert meta


def test_what_has_no_numbers_is_listed_all_the_same():
    tensor = Tensor([[1.0], [2.0]], device="meta")
    looking = Looking()
    row = looking.local("tensor")
    assert (row["value"], row["indexedVariables"]) == ("Tensor (2, 1) float32 meta", 2)
    inside = looking.inside("tensor")
    assert inside["1"]["evaluateName"] == "tensor[1]"
    assert inside["len()"]["value"] == "2"
    assert "nbytes" not in inside
    assert tensor.device == "meta"


class Module:
    """Keeps its parts as `torch.nn.Module` does."""

    def __init__(self, modules=None, **parameters):
        self.__dict__.update(training=True, _modules=modules or {}, _parameters=parameters, _buffers={})

    def __getattr__(self, name):
        raise AssertionError(f"{name} was asked for")

    def __repr__(self):
        LOG.append("repr")
        return "Leaf(in=1)"


def test_a_module_has_its_parts_under_their_names(torch, monkeypatch):
    torch.nn = types.ModuleType("torch.nn")
    torch.nn.Module = Module
    monkeypatch.setitem(sys.modules, "torch.nn", torch.nn)
    monkeypatch.setattr(Module, "__module__", "torch.nn.modules.module")

    class Net(Module):
        """One of the user's."""

    net = Net({"first": Module(weight=Tensor([1.0])), "0": Module()}, bias=Tensor([2.0]))
    looking = Looking()
    LOG.clear()
    assert looking.local("net")["value"] == "Net(first: Module, 0: Module)"
    assert LOG == []
    inside = looking.inside("net")
    assert list(inside)[:4] == ["first", "0", "bias", "training"]
    assert (inside["first"]["value"], inside["first"]["evaluateName"]) == ("Leaf(in=1)", "net.first")
    assert inside["0"]["evaluateName"] == "getattr(net, '0')"
    assert inside["bias"]["value"] == "Tensor (1,) float32 cpu [2.0]"
    assert net._parameters
