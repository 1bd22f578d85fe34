"""Functions that modules lead to: as many as there are, found without a look at the program's data."""

import argparse
import asyncio.events
import email.message
import gc
import http.client
import sys
import types
import unittest.mock

import pytest

from heapsight.debuggee.engine.breakpoints import code_lines
from heapsight.debuggee.engine.breakpoints.code_lines import find_code
from heapsight.debuggee.engine.breakpoints.module_functions import (
    all_namespaces,
    code_of_functions_in,
    namespaces_of_file,
)
from heapsight.debuggee.engine.breakpoints.table import BreakpointTable
from heapsight.debuggee.engine.model import BreakpointSpec

SOURCE = """
import functools

class Command:
    def __init__(self, function): self.function = function

def decorate(function):
    @functools.wraps(function)
    def wrapper(*args): return function(*args)
    return wrapper

@decorate
def decorated(): return 1

@Command
def command(): return 2

@functools.lru_cache
def cached(): return 3

partly = functools.partial(lambda number: number, 4)

class Shop:
    @property
    def total(self): return 5
    @classmethod
    def make(cls): return cls()
    @staticmethod
    def help(): return 6
    @functools.cached_property
    def later(self): return 7
    class Inner:
        def deep(self): return [lambda: 8]

handlers = {"one": [lambda: 9]}
data = [[number] for number in range(10_000)]
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    path = tmp_path / "leads.py"
    path.write_text(SOURCE)
    made = types.ModuleType("leads")
    made.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "leads", made)
    exec(compile(SOURCE, str(path), "exec"), vars(made))
    return made


def test_every_way_to_a_function(module):
    found = find_code(lambda code: code.co_filename == module.__file__, [vars(module)])
    everything = find_code(lambda code: code.co_filename == module.__file__)
    assert {id(code) for code in found} == {id(code) for code in everything}
    names = {code.co_qualname for code in found}
    assert {"decorated", "command", "cached", "Shop.total", "Shop.make", "Shop.later", "Shop.Inner.deep"} <= names
    assert len([name for name in names if "lambda" in name]) >= 2


@pytest.mark.parametrize("library", [argparse, asyncio.events, http.client, unittest.mock, email.message])
def test_as_many_as_in_the_whole_program(library):
    def wanted(code):
        return code.co_filename == library.__file__

    gc.collect()
    lost = {code.co_qualname for code in find_code(wanted)} - {
        code.co_qualname for code in find_code(wanted, [vars(library)])
    }
    assert lost == set()


def test_breakpoints_in_a_loaded_module_are_bound_without_a_look_at_all_objects(module, monkeypatch):
    monkeypatch.setattr(code_lines, "_code_of_functions", None)
    line = SOURCE.splitlines().index("    def total(self): return 5") + 1
    table = BreakpointTable()
    [bp] = table.set_source(module.__file__, [BreakpointSpec(line=line)])
    assert bp.verified
    assert table.lines_for(module.Shop.__dict__["total"].fget.__code__) == {line}


def test_modules_of_a_file(module):
    assert namespaces_of_file(lambda name: name == module.__file__) == [vars(module)]
    assert namespaces_of_file(lambda name: False) == []


def test_strange_modules_and_large_data_are_no_hindrance(module, monkeypatch):
    class Strange(types.ModuleType):
        def __getattribute__(self, name):
            raise AssertionError(name)

    monkeypatch.setitem(sys.modules, "strange", Strange("strange"))
    monkeypatch.setitem(sys.modules, "none", None)
    monkeypatch.setitem(sys.modules, "number", 5)
    codes = code_of_functions_in(all_namespaces())
    assert any(code is module.Shop.help.__code__ for code in codes)
    assert any(code is argparse.ArgumentParser.parse_args.__code__ for code in codes)
