"""Rules that say whose code it is."""

import json
import os
import sys
from pathlib import Path

import pytest

from heapsight.debuggee.engine.code_rules import CodeRule, decide, library_of, module_of
from heapsight.debuggee.engine.scope import Scope

ROOT = Path(Path.cwd().anchor)
LIBRARY = str(ROOT / "env" / "lib" / "site-packages")
API = str(Path(LIBRARY) / "requests" / "api.py")
SHOP = str(ROOT / "home" / "ada" / "shop" / "cart.py")


def code_of(filename):
    return compile("pass", filename, "exec")


@pytest.mark.parametrize(
    ("pattern", "filename", "matches"),
    [
        ("**/requests/**", API, True),
        ("**/requests/*.py", API, True),
        ("**/requests", API, True),
        ("requests", API, True),
        ("api.py", API, True),
        ("**/api.p?", API, True),
        ("**/[a-c]pi.py", API, True),
        ("**/[!a-c]pi.py", API, False),
        ("quests/api.py", API, False),
        ("*/requests/*.pyc", API, False),
        (str(Path(API).parent), API, True),
        (str(Path(API).parent)[:-1], API, False),
        (API, API, True),
        ("**/site-packages/*.py", API, False),
    ],
)
def test_patterns(pattern, filename, matches):
    assert (decide([CodeRule(True, path=pattern)], filename) is True) is matches


def test_the_first_rule_counts():
    rules = [CodeRule(False, path="**/shop/cart.py"), CodeRule(True, path="**/shop")]
    scope = Scope(rules=rules)
    assert not scope.is_mine(code_of(SHOP))
    assert scope.is_mine(code_of(SHOP.replace("cart", "order")))


@pytest.mark.parametrize("just_my_code", [True, False])
def test_rules_come_before_just_my_code(just_my_code):
    scope = Scope(just_my_code, rules=[CodeRule(False, path="**/shop"), CodeRule(True, path="**/requests/**")])
    assert not scope.is_mine(code_of(SHOP))
    assert scope.is_mine(code_of(API))


def test_rules_for_modules(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path, LIBRARY])
    assert module_of(API) == "requests.api"
    assert module_of(str(Path(LIBRARY) / "requests" / "__init__.py")) == "requests"
    scope = Scope(rules=[CodeRule(True, module="requests")])
    assert scope.is_mine(code_of(API))
    assert not scope.is_mine(code_of(str(Path(LIBRARY) / "requests_mock" / "api.py")))
    assert not Scope(rules=[CodeRule(True, module="requests.models")]).is_mine(code_of(API))


def test_the_standard_library_by_module():
    assert Scope(rules=[CodeRule(True, module="json")]).is_mine(json.loads.__code__)
    assert not Scope(rules=[CodeRule(True, module="json.decoder")]).is_mine(json.loads.__code__)


def test_a_rule_that_is_added_later_counts_at_once():
    scope = Scope()
    assert not scope.is_mine(json.loads.__code__)
    name, path = library_of(json.__file__)
    assert (name, path) == ("json", str(Path(json.__file__).parent))
    scope.add_rule(CodeRule(True, path=path))
    assert scope.is_mine(json.loads.__code__)
    scope.add_rule(CodeRule(False, path=path))
    assert not scope.is_mine(json.loads.__code__)


def test_a_library_of_one_file():
    assert library_of(os.__file__) == ("os", os.__file__)
