"""Identities of files: one per file, whatever its name."""

import os

import pytest

from heapsight.debuggee.engine.breakpoints import paths
from heapsight.debuggee.engine.breakpoints.paths import FileIdentities
from heapsight.debuggee.source_text import is_pseudo_name


def test_the_same_file_by_other_names(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "m.py").touch()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    identity = FileIdentities().of
    assert identity(f"{tmp_path}/a/m.py") == identity(f"{tmp_path}/a/../a/./m.py") == identity(f"{tmp_path}/link/m.py")
    assert identity(f"{tmp_path}/a/m.py") != identity(f"{tmp_path}/a/n.py")


def test_relative_names_mean_the_folder_of_the_start(tmp_path, monkeypatch):
    (tmp_path / "start").mkdir()
    (tmp_path / "later").mkdir()
    (tmp_path / "start" / "early.py").touch()
    (tmp_path / "later" / "late.py").touch()
    monkeypatch.chdir(tmp_path / "start")
    identities = FileIdentities()
    monkeypatch.chdir(tmp_path / "later")
    assert identities.of("early.py") == identities.of(str(tmp_path / "start" / "early.py"))
    assert identities.of("late.py") == identities.of(str(tmp_path / "later" / "late.py"))


@pytest.mark.parametrize("name", ["<string>", "<frozen os>", "", "<ipython-input-1>"])
def test_names_that_are_no_files_are_their_own_identity(name):
    assert FileIdentities().of(name) == name
    assert is_pseudo_name(name) == bool(name)


def test_files_that_do_not_exist_have_an_identity_too(tmp_path):
    identity = FileIdentities().of
    assert identity(f"{tmp_path}/no/such.py") == identity(f"{tmp_path}/no/../no/such.py")


def test_a_folder_that_is_gone(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert FileIdentities().of("m.py")


def test_a_link_in_a_circle(tmp_path):
    (tmp_path / "a.py").symlink_to(tmp_path / "b.py")
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    assert FileIdentities().of(str(tmp_path / "a.py"))


def test_a_file_system_that_ignores_case(tmp_path, monkeypatch):
    (tmp_path / "Shop.py").touch()
    assert FileIdentities().of(f"{tmp_path}/Shop.py") != FileIdentities().of(f"{tmp_path}/shop.py")
    monkeypatch.setattr(os.path, "samefile", lambda one, other: one.casefold() == other.casefold())
    assert FileIdentities().of(f"{tmp_path}/Shop.py") == FileIdentities().of(f"{tmp_path}/SHOP.PY")


def test_each_name_is_looked_at_once(tmp_path, monkeypatch):
    identities = FileIdentities()
    name = str(tmp_path / "m.py")
    first = identities.of(name)
    monkeypatch.setattr(paths.FileIdentities, "_find", None)
    assert identities.of(name) == first
