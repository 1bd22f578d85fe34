"""Who may import whom, and the habits that every file keeps (docs/architecture.md)."""

import ast
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "adapter" / "heapsight"
PACKAGE = "heapsight"
LINES_THAT_WARN, LINES_THAT_FAIL = 400, 500
DUMPING_GROUNDS = {"utils", "util", "helpers", "misc", "common", "types_"}


@dataclass(frozen=True)
class Rule:
    """Modules below `of` import nothing of ours outside `may`; `why` says what it is good for."""

    of: str
    may: tuple[str, ...]
    why: str


RULES = [
    Rule("wire", ("wire",), "both ends share it, so it stands alone"),
    Rule("debuggee", ("debuggee", "wire", "_native"), "it lives in the user's process"),
    Rule(
        "debuggee.engine",
        (
            "_native",
            *(
                f"debuggee.{name}"
                for name in (
                    "engine",
                    "own",
                    "holding",
                    "frames",
                    "frame_layout",
                    "attributes",
                    "originals",
                    "source_text",
                    "records",
                    "traversal",
                )
            ),
        ),
        "mechanism that knows neither DAP nor how things are shown",
    ),
    Rule("session", ("session", "wire", "heap.queries"), "the adapter meets the agent on the wire only"),
    Rule("heap", ("heap", "wire", "_native"), "it works on files"),
    Rule("lsp", ("lsp",), "it knows source text only"),
    Rule("client", ("wire",), "it is an editor's side of the wire"),
]
# (modules below, must not import modules below)
FORBIDDEN = [
    ("debuggee.inspection", "debuggee.engine"),
    ("debuggee.inspection", "debuggee.memory"),
    ("debuggee.inspection", "debuggee.handlers"),
    ("debuggee.memory", "debuggee.engine"),
    ("debuggee.memory", "debuggee.inspection"),
    ("debuggee.memory", "debuggee.handlers"),
    ("debuggee.inspection", "wire"),
]


@dataclass(frozen=True)
class Import:
    """An import found in a file: an absolute dotted name, and when it happens."""

    name: str
    line: int
    at_start: bool


@cache
def modules() -> dict[str, Path]:
    """Return our modules, named relative to the package (`wire.framing`; the package itself is '')."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(module: str) -> Iterator[Import]:
    """Yield what a module imports, as absolute names, wherever in the file that stands."""
    path = modules()[module]
    package = [PACKAGE, *module.split(".")] if module else [PACKAGE]
    if path.name != "__init__.py":
        package.pop()
    yield from _imports(tree(path).body, package, at_start=True)


def _imports(nodes: list[ast.stmt], package: list[str], at_start: bool) -> Iterator[Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, at_start)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            whole = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{whole}.{alias.name}"
                yield Import(name if is_ours(name) else whole, node.lineno, at_start)
        else:
            later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_type_checking(node)
            yield from _imports(list(_inner_statements(node)), package, at_start and not later)


def _inner_statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements directly inside one, also those in its `except` and `case` clauses."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from _inner_statements(child)


def is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def is_ours(name: str) -> bool:
    """Say whether an absolute name is one of our modules."""
    return name == PACKAGE or (name.startswith(PACKAGE + ".") and name[len(PACKAGE) + 1 :] in {*modules(), "_native"})


def ours(name: str) -> str | None:
    """Return an absolute name relative to our package, without what is no module; None for foreign names."""
    if name != PACKAGE and not name.startswith(PACKAGE + "."):
        return None
    relative = name[len(PACKAGE) + 1 :]
    while relative and relative not in modules() and relative.split(".")[0] != "_native":
        relative = relative.rpartition(".")[0]
    return relative


def below(module: str, folder: str) -> bool:
    return module == folder or module.startswith(folder + ".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.of)
def test_a_layer_imports_only_what_it_may(rule: Rule) -> None:
    wrong = []
    for module in modules():
        if below(module, rule.of):
            for each in imports(module):
                target = ours(each.name)
                if target is not None and not any(below(target, folder) for folder in rule.may):
                    wrong.append(f"{module}:{each.line} imports {target or PACKAGE}")
    assert not wrong, f"{rule.of}: {rule.why}"


@pytest.mark.parametrize(("source", "target"), FORBIDDEN)
def test_neighbours_do_not_know_each_other(source: str, target: str) -> None:
    wrong = [
        f"{module}:{each.line} imports {each.name}"
        for module in modules()
        if below(module, source)
        for each in imports(module)
        if (found := ours(each.name)) is not None and below(found, target)
    ]
    assert not wrong


def test_nothing_imports_the_debuggee() -> None:
    """But the public API, which has to be in the user's process, and imports it when it is used."""
    wrong = []
    for module in modules():
        if not below(module, "debuggee"):
            for each in imports(module):
                target = ours(each.name)
                if target is not None and below(target, "debuggee") and not is_public_api(module, each):
                    wrong.append(f"{module}:{each.line} imports {target}")
    assert not wrong


def is_public_api(module: str, found: Import) -> bool:
    return module in {"", "api"} and not found.at_start


@pytest.mark.parametrize("layer", ["debuggee", "wire", "session", "client", "commands", "cli", "__main__", "heap"])
def test_the_standard_library_is_enough(layer: str) -> None:
    wrong = []
    for module in modules():
        if below(module, layer):
            for each in imports(module):
                root = each.name.split(".")[0]
                # It draws without it as well: the extension's bundle has none.
                draws = module == "commands.tables" and root == "rich" and not each.at_start
                if root != PACKAGE and root not in sys.stdlib_module_names and not draws:
                    wrong.append(f"{module}:{each.line} imports {each.name}")
    assert not wrong


def test_importing_the_package_imports_nothing_more() -> None:
    """`import heapsight` must cost a program nothing before it debugs."""
    assert [each.name for each in imports("") if each.at_start and each.name.split(".")[0] == PACKAGE] == []


def test_no_module_imports_itself_around_a_corner() -> None:
    edges = {
        module: {
            target
            for each in imports(module)
            if each.at_start and (target := ours(each.name)) is not None and target != module
            # A package that a module lies in has been imported before it.
            if not module.startswith(target + ".") and target in modules() and target
        }
        for module in modules()
    }
    cycle = find_cycle(edges)
    assert cycle is None, " -> ".join(cycle or [])


def find_cycle(edges: dict[str, set[str]]) -> list[str] | None:
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> list[str] | None:
        if module in way:
            return [*way[way.index(module) :], module]
        if module in done:
            return None
        for target in sorted(edges[module]):
            if found := visit(target, [*way, module]):
                return found
        done.add(module)
        return None

    return next((found for module in edges if (found := visit(module, []))), None)


def test_cycles_are_found() -> None:
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert find_cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None


def test_every_kind_of_import_is_seen() -> None:
    text = """
import a
from . import wire
def f():
    from .wire import framing
try:
    import b.c
except E:
    import d
"""
    found = [(each.name, each.at_start) for each in _imports(ast.parse(text).body, [PACKAGE], at_start=True)]
    assert found == [
        ("a", True),
        ("heapsight.wire", True),
        ("heapsight.wire.framing", False),
        ("b.c", True),
        ("d", True),
    ]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module or PACKAGE)
def test_habits(module: str) -> None:
    path = modules()[module]
    assert path.stem not in DUMPING_GROUNDS, "name what it does"
    assert ast.get_docstring(tree(path)) or not path.read_text(encoding="utf-8").strip(), "say what the file is for"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: `except:` also catches what must get through"
        if isinstance(node, ast.ImportFrom):
            assert node.names[0].name != "*", f"line {node.lineno}: name what is imported"
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LINES_THAT_FAIL, f"{lines} lines: one job a file"
    if lines > LINES_THAT_WARN:
        warnings.warn(f"{path.relative_to(ROOT)} has {lines} lines", stacklevel=1)
