"""The expression that a row is copied as leads to that row's value, whatever the key or the name is."""

import collections
import enum
import sys
import types

from support.inspecting import Looking

GROUPS = {"special variables", "function variables", "class variables"}


class Slots:
    __slots__ = ("__private", "_protected", "public")

    def __init__(self):
        self.public, self.__private, self._protected = [1], [2], [3]


class Colour(enum.Enum):
    RED = 1


Pair = collections.namedtuple("Pair", "left right")


def generate():
    kept = [1]
    yield
    print(kept)


class Odd:
    def __init__(self):
        self.plain, self.__private = [1], [2]
        names = self.__dict__
        names["two words"], names["class"], names["__other"], names["ünïcödé"] = [3], [4], [5], [6]

    def look(self):
        key, not_a_number = object(), float("nan")
        mapping = {
            key: [1], "it's": [2], (1, "a"): [3], not_a_number: [4], frozenset([3]): [5], 10**100: [6], b"x": [7],
            None: [8], True: [9], 1.5: [10], Colour.RED: [11], "x" * 300: [12], -5: [13], (1, (2, key)): [14],
            "\ud800": [15], "": [16], "new\nline": [17], ...: [18], float("inf"): [19],
        }  # fmt: skip
        members, queue = {(1, 2), (3, 4)}, collections.deque([[1], [2]])
        ordered, proxy = collections.OrderedDict(a=[1]), types.MappingProxyType({"k": [1]})
        keys, values, items = mapping.keys(), mapping.values(), mapping.items()
        namespace, slots, pair, suspended = types.SimpleNamespace(a=[1]), Slots(), Pair([1], [2]), generate()
        next(suspended)
        error, text, nested = ValueError([1]), "text" * 1000, {"a": [{"b": ({"c": [1]},)}]}
        checked = check(Looking(sys._getframe()))
        assert members, (queue, ordered, proxy, keys, values, items, namespace, slots, pair, error, text, nested)
        return checked


def check(looking):
    """Evaluate the expression of everything that is to be seen in Locals; return how many there were."""
    checked = 0
    pending = [(row, 3) for row in looking.rows(looking.scope("Locals"))]
    while pending:
        owner, depth = pending.pop()
        if not owner["variablesReference"] or not depth:
            continue
        for row in looking.rows(owner["variablesReference"], None, 0, 60):
            expression, hint = row.get("evaluateName"), row.get("presentationHint", {})
            if row["name"] in GROUPS or hint.get("kind") in ("virtual", "method") or hint.get("lazy"):
                continue
            assert expression, (owner["name"], row)
            held = looking.inspector.evaluate_held(expression, looking.top)
            assert Looking.body("evaluate", looking.evaluate(expression))["result"] == row["value"], expression
            assert type(held.obj).__name__ == row["type"]
            checked += 1
            pending.append((row, depth - 1))
    return checked


def test_expressions_lead_to_what_is_shown():
    assert Odd().look() > 200
