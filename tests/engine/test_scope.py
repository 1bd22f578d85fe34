"""Just my code: whose code is it?"""

import collections
import dataclasses
import enum
import functools
import json
import os
import subprocess
import sys
import textwrap
import types
import venv
from pathlib import Path

import pytest

import heapsight
from heapsight.debuggee.engine.scope import Scope
from heapsight.debuggee.own import is_own_code

PACKAGES = str(Path(heapsight.__file__).parent.parent)


def code_in(filename, source="def f(): pass\n"):
    module = compile(source, str(filename), "exec")
    return next((constant for constant in module.co_consts if isinstance(constant, types.CodeType)), module)


def is_mine(filename, **options):
    return Scope(**options).is_mine(code_in(filename))


def file_at(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("def f(): pass\n")
    return path


LIBRARIES = [
    "/home/ada/project/.venv/lib/python3.12/site-packages/requests/api.py",
    "/home/ada/.local/lib/python3.11/site-packages/requests/api.py",
    "/usr/lib/python3/dist-packages/apt/cache.py",
    "/opt/app/site-packages/requests.zip/requests/api.py",
    "<frozen importlib._bootstrap>",
    "<frozen runpy>",
    "<frozen posixpath>",
    "<attrs generated init shop.Cart>",
    "<attrs generated methods shop.Cart>",
    "<__array_function__ internals>",
    "<decorator-gen-12>",
]

MINE = [
    "/home/ada/project/shop.py",
    "/home/ada/project/.venv/lib/python3.12/shop.py",
    "/home/ada/project/packages/shop.py",
    "/home/ada/site-packages.py",
    "/home/ada/my-site-packages/shop.py",
    "relative/shop.py",
    "<string>",
    "<stdin>",
    "<console>",
    "<python-input-3>",
    "<ipython-input-3-0123abcd>",
    "<doctest shop.f[0]>",
    "<rules of the shop>",
    "",
]


@pytest.mark.parametrize("filename", LIBRARIES)
def test_code_of_libraries(filename):
    assert not is_mine(filename)


@pytest.mark.parametrize("filename", MINE)
def test_code_of_the_users(filename):
    assert is_mine(filename)


@pytest.mark.parametrize("function", [json.loads, functools.wraps, enum.unique, os.path.join, subprocess.run])
def test_the_standard_library_is_a_library(function):
    scope = Scope()
    assert not scope.is_mine(function.__code__)
    assert Scope(just_my_code=False).is_mine(function.__code__)


def test_installed_packages_are_libraries():
    assert not Scope().is_mine(pytest.raises.__code__)


@pytest.mark.parametrize("just_my_code", [True, False])
def test_heapsight_is_never_the_users(just_my_code):
    scope = Scope(just_my_code=just_my_code, roots=[PACKAGES])
    assert is_own_code(Scope.is_mine.__code__)
    assert not scope.is_mine(Scope.is_mine.__code__)
    assert not scope.is_mine(code_in("<frozen importlib._bootstrap>"))


def test_what_the_standard_library_compiles_from_strings_is_not_the_users():
    @dataclasses.dataclass(order=True, frozen=True)
    class Point:
        x: int

    pair = collections.namedtuple("Pair", "a b")
    scope = Scope()
    for function in (Point.__init__, Point.__eq__, Point.__repr__, Point.__lt__, pair.__new__):
        code = getattr(function, "__wrapped__", function).__code__
        assert not scope.is_mine(code), code
        assert Scope(just_my_code=False).is_mine(code)
    assert scope.is_mine(code_in("<string>"))
    assert scope.is_mine(compile("lambda a: a", "<string>", "eval").co_consts[0])


def test_every_file_of_a_real_environment_is_a_library(tmp_path):
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    (tmp_path / "env" / "app").mkdir()
    script = tmp_path / "env" / "app" / "main.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import json, sys, types, sysconfig
            sys.path.insert(0, {PACKAGES!r})
            from heapsight.debuggee.engine.scope import Scope
            def f(): pass
            place = sysconfig.get_path('purelib') + '/thing.py'
            codes = f.__code__, json.loads.__code__, compile('', place, 'exec')
            print(*map(Scope().is_mine, codes))
            """
        )
    )
    answer = subprocess.run([python, script], capture_output=True, text=True, check=True).stdout
    # The program lies inside the environment's folder, beside its packages: it is a program all the same.
    assert answer.split() == ["True", "False", "False"]


def test_a_zipped_standard_library(tmp_path, monkeypatch):
    archive = tmp_path / f"python{sys.version_info.major}{sys.version_info.minor}.zip"
    monkeypatch.setattr(sys, "path", [str(archive), *sys.path])
    assert not is_mine(archive / "json" / "decoder.py")
    assert is_mine(tmp_path / "app.zip" / "main.py")


def test_roots_make_code_the_users_where_it_lies_in_a_library(tmp_path):
    packages = tmp_path / "env" / "lib" / "site-packages"
    edited = file_at(packages / "edited" / "core.py")
    assert not is_mine(edited)
    assert is_mine(edited, roots=[str(packages / "edited")])
    assert not is_mine(file_at(packages / "edited_too" / "core.py"), roots=[str(packages / "edited")])


def test_an_environment_inside_a_root_is_a_library(tmp_path):
    roots = [str(tmp_path)]
    assert is_mine(file_at(tmp_path / "shop.py"), roots=roots)
    assert not is_mine(file_at(tmp_path / ".venv" / "lib" / "site-packages" / "x.py"), roots=roots)
    inner = tmp_path / ".venv" / "lib" / "site-packages" / "x"
    assert is_mine(file_at(inner / "core.py"), roots=[*roots, str(inner)])


def test_the_standard_library_inside_a_root_is_a_library():
    assert not Scope(roots=[os.sep]).is_mine(json.loads.__code__)
    assert Scope(roots=[str(Path(json.__file__).parent)]).is_mine(json.loads.__code__)


def test_a_link_into_a_library_and_a_link_out_of_one(tmp_path):
    packages = tmp_path / "env" / "site-packages"
    real = file_at(packages / "lib" / "core.py")
    (tmp_path / "link.py").symlink_to(real)
    assert not is_mine(tmp_path / "link.py")
    project = file_at(tmp_path / "project" / "pack" / "core.py")
    (packages / "pack").symlink_to(project.parent)
    assert not is_mine(packages / "pack" / "core.py")
    assert is_mine(packages / "pack" / "core.py", roots=[str(tmp_path / "project")])
    assert is_mine(project)


def test_a_name_is_judged_once(monkeypatch):
    scope = Scope()
    code = code_in("/home/ada/project/shop.py")
    assert scope.is_mine(code)
    monkeypatch.setattr(Scope, "_judge", None)
    assert scope.is_mine(code)
    assert scope.is_mine(code_in("/home/ada/project/shop.py", "def other(): pass\n"))
