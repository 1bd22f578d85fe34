"""The tolerant analysis agrees with Python's own on sources that parse, and survives those that do not."""

import ast
import json.decoder
import random
import tokenize
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heapsight.lsp.expressions import expression_at
from heapsight.lsp.module import SourceModule
from heapsight.lsp.names import bound_names
from heapsight.lsp.source import SourceText
from heapsight.lsp.tokens import TokenKind
from heapsight.lsp.visible_names import visible_names

LIBRARY = Path(ast.__file__).parent
# Large, varied, and with the syntax that is hard to read: decorators, nesting, f-strings, continuation lines.
SAMPLES = [
    LIBRARY / name
    for name in (
        "argparse.py",
        "asyncio/base_events.py",
        "dataclasses.py",
        "difflib.py",
        "enum.py",
        "inspect.py",
        "json/decoder.py",
        "tarfile.py",
        "typing.py",
        "test/test_fstring.py",
        "test/test_grammar.py",
        "test/test_patma.py",
        "test/test_named_expressions.py",
        "test/test_coroutines.py",
    )
]
SAMPLES = [path for path in SAMPLES if path.exists()]


@cache
def read(path: Path) -> str:
    with tokenize.open(path) as file:
        return file.read()


class Binder(ast.NodeVisitor):
    """Collects what the statements of one scope assign; functions, classes and imports aside."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.elsewhere: set[str] = set()

    def visit_FunctionDef(self, node: ast.AST) -> None:
        """Another scope; what its decorators assign is rare enough to look for textually."""

    visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = visit_TypeAlias = visit_FunctionDef

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.names.add(node.id)

    def visit_ListComp(self, node: ast.AST) -> None:
        self.names.update(each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr))

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.names.update([node.name] if node.name else [])
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.elsewhere.update(node.names)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.names.update([node.name] if node.name else [])
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self.names.update([node.name] if node.name else [])

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.names.update([node.rest] if node.rest else [])
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.target)


def assigned(node: ast.AST) -> set[str]:
    binder = Binder()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        args = node.args
        several = [each for each in (args.vararg, args.kwarg) if each is not None]
        binder.names.update(each.arg for each in [*args.posonlyargs, *args.args, *args.kwonlyargs, *several])
    for statement in node.body:
        binder.visit(statement)
    return binder.names - binder.elsewhere


def has_walrus_outside_body(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(each, ast.NamedExpr) for decorator in decorators for each in ast.walk(decorator))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_names_of_each_scope_are_those_the_compiler_sees(path: Path) -> None:
    text = read(path)
    module = SourceModule(SourceText(text))
    scopes = {scope for _, scope in module.scopes.statements}
    ours = {
        (module.source.line_of(module.tokens[s.header.first].start) + 1 if s.header else 0, s.name): s for s in scopes
    }
    checked = 0
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = [each for each in ast.walk(node) if each is not node and has_walrus_outside_body(each)]
            key = (getattr(node, "lineno", 0), getattr(node, "name", ""))
            assert key in ours
            if not inner:
                assert bound_names(module.tokens, ours[key]) == assigned(node), key
                checked += 1
    assert checked > 5


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_expression_found_in_a_parsable_file_is_one(path: Path) -> None:
    module = SourceModule(SourceText(read(path)))
    found = 0
    for token in module.tokens:
        if token.kind is TokenKind.NAME:
            result = expression_at(module, token.start)
            if result is not None:
                found += 1
                assert_harmless(result.text)
    assert found > 50


def assert_harmless(expression: str) -> None:
    tree = ast.parse(expression, mode="eval")
    allowed = (ast.Expression, ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.UnaryOp, ast.USub)
    for node in ast.walk(tree):
        assert isinstance(node, (*allowed, ast.expr_context)), expression


TEXT_OF_ONE_FILE = read(Path(json.decoder.__file__))


@st.composite
def damaged_sources(draw: st.DrawFn) -> str:
    """Draw a piece of a real file with something cut out of it and something odd put in."""
    text = read(draw(st.sampled_from(SAMPLES)))
    start = draw(st.integers(0, len(text)))
    piece = text[start : start + draw(st.integers(0, 3000))]
    cut = draw(st.integers(0, len(piece)))
    odd = draw(
        st.sampled_from(["", "(", "]", "}", "f'{", 'f"{x:', "'''", '"', "\\", "\n", "def ", "lambda", "#", "x["])
    )
    return piece[:cut] + odd + piece[cut + draw(st.integers(0, 20)) :]


@settings(max_examples=150, deadline=None)
@given(damaged_sources(), st.randoms(use_true_random=False))
@example(TEXT_OF_ONE_FILE, random.Random(0))
def test_damaged_sources_never_raise_and_never_yield_a_call(text: str, choice: random.Random) -> None:
    module = SourceModule(SourceText(text))
    for _ in range(40):
        offset = choice.randint(0, len(text))
        result = expression_at(module, offset)
        if result is not None:
            assert_harmless(result.text)
            assert result.start <= offset <= result.end
    for _ in range(3):
        line = choice.randint(0, text.count("\n"))
        for value in visible_names(module, line, line):
            assert text[value.start : value.end].isidentifier()


PIECES = [*"ab1.([{}])'\"\\\n =:,;!@#*-", "f'", "def ", "lambda ", "for ", "in ", "case ", "import ", "as ", "    "]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_text_is_split_into_tokens_in_order(text: str) -> None:
    module = SourceModule(SourceText(text))
    end = 0
    for token in module.tokens:
        assert end <= token.start <= token.end <= len(text)
        assert token.depth >= 0
        end = token.end
        if token.kind is not TokenKind.NEWLINE:
            assert text[token.start : token.end] == token.text
    for offset in range(len(text) + 1):
        result = expression_at(module, offset)
        if result is not None:
            assert_harmless(result.text)
    for line in range(text.count("\n") + 1):
        visible_names(module, line, line)


def test_a_huge_file_is_analysed_in_linear_steps() -> None:
    """Guards against a quadratic pattern: the hang guard of the test run would strike."""
    hostile = ["f'{" * 20_000, "(" * 100_000, "'" * 100_000, "x = [\n" * 20_000, "a." * 100_000, '"""' * 50_000]
    for text in [*hostile, TEXT_OF_ONE_FILE * 20]:
        module = SourceModule(SourceText(text))
        expression_at(module, len(text) - 2)
        visible_names(module, 10, 10)
