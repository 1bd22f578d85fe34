"""Which names the code of a scope binds, and where a name means something else for a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .lines import Statement, find_at_depth
from .scopes import Scope, ScopeKind, definition_name
from .tokens import OPENERS, Token, TokenKind

_AUGMENTED = frozenset(["+=", "-=", "*=", "/=", "//=", "%=", "@=", "&=", "|=", "^=", ">>=", "<<=", "**="])


def bound_names(tokens: Sequence[Token], scope: Scope) -> set[str]:
    """Return the variables of a scope: parameters and whatever is assigned, but no `def`, `class` or import.

    Names that a function declares `global` are left out.
    """
    names = set(parameters(tokens, scope))
    elsewhere: set[str] = set()
    for statement in scope.body:
        first = tokens[statement.first]
        if first.is_keyword("global"):
            elsewhere.update(_plain_names(tokens, statement.first + 1, statement.end))
        else:
            names.update(_bound_by(tokens, statement))
    return names - elsewhere


def parameters(tokens: Sequence[Token], scope: Scope) -> Iterator[str]:
    """Yield the parameters of a function scope."""
    if scope.kind is ScopeKind.FUNCTION and scope.header is not None:
        for index in parameter_indexes(tokens, scope.header):
            yield tokens[index].text


def parameter_indexes(tokens: Sequence[Token], header: Statement) -> Iterator[int]:
    """Yield where the parameters stand in a `def` statement."""
    depth = tokens[header.first].depth
    opener = find_at_depth(tokens, header.first, header.end, "(")
    expected = True
    for index in range(opener + 1, header.end):
        token = tokens[index]
        if token.depth <= depth:
            return
        if token.depth > depth + 1:
            continue
        if token.is_operator(","):
            expected = True
        elif expected and token.kind is TokenKind.NAME:
            expected = False
            yield index
        elif not (token.is_operator("*") or token.is_operator("**")):
            expected = False


def is_keyword_argument(tokens: Sequence[Token], index: int, statement: Statement) -> bool:
    """Say whether the name at `index` of a statement is the `name` of `call(name=value)`."""
    if index == 0 or index + 1 >= len(tokens) or not tokens[index + 1].is_operator("="):
        return False
    previous = tokens[index - 1]
    if tokens[index].depth == 0 or not (previous.is_operator("(") or previous.is_operator(",")):
        return False
    name = definition_name(tokens, statement)
    if name is not None and tokens[name - 1].is_keyword("def") and index in parameter_indexes(tokens, statement):
        return False
    return not _is_lambda_parameter(tokens, index, statement.first)


def shadowed(tokens: Sequence[Token], statement: Statement) -> list[tuple[int, int, frozenset[str]]]:
    """Return the stretches of a statement (first, end) in which names belong to a comprehension or lambda."""
    stretches = []
    openers: list[int] = []
    for index in range(statement.first, statement.end):
        token = tokens[index]
        while openers and token.depth <= tokens[openers[-1]].depth:
            openers.pop()
        if token.kind is TokenKind.OPERATOR and token.text in OPENERS:
            openers.append(index)
        elif token.is_keyword("for") and openers:
            end = _end_of_depth(tokens, index, statement.end)
            targets = _target_names(tokens, index + 1, _find_keyword(tokens, index, end, "in"))
            stretches.append((openers[-1], end, frozenset(targets)))
        elif token.is_keyword("lambda"):
            stretches.append(_lambda(tokens, index, statement.end))
    return stretches


def _is_lambda_parameter(tokens: Sequence[Token], index: int, first: int) -> bool:
    depth = tokens[index].depth
    for position in range(index - 1, first - 1, -1):
        token = tokens[position]
        if token.depth < depth or (token.depth == depth and token.is_operator(":")):
            return False
        if token.depth == depth and token.is_keyword("lambda"):
            return True
    return False


def _lambda(tokens: Sequence[Token], index: int, end: int) -> tuple[int, int, frozenset[str]]:
    depth = tokens[index].depth
    end = _end_of_depth(tokens, index, end)
    # Skips the colons of lambdas inside default values.
    colon = find_at_depth(tokens, index + 1, end, ":") if index + 1 < end else end
    names: set[str] = set()
    expected = True
    for position in range(index + 1, colon):
        token = tokens[position]
        if token.depth == depth:
            if expected and token.kind is TokenKind.NAME:
                names.add(token.text)
            expected = token.is_operator(",") or (expected and token.text in {"*", "**"})
    after = find_at_depth(tokens, colon + 1, end, ",") if colon + 1 < end else end
    return index, after, frozenset(names)


def _bound_by(tokens: Sequence[Token], statement: Statement) -> Iterator[str]:
    first, end = statement.first, statement.end
    if tokens[first].is_keyword("async") and first + 1 < end:
        first += 1
    head = tokens[first]
    match head.text:
        case "for" if head.kind is TokenKind.KEYWORD:
            yield from _target_names(tokens, first + 1, _find_keyword(tokens, first, end, "in"))
        case "with" | "except" if head.kind is TokenKind.KEYWORD:
            yield from _as_targets(tokens, first, end)
        case "case" if head.kind is TokenKind.NAME and _is_pattern(tokens, statement):
            yield from _captures(tokens, first + 1, _find_keyword(tokens, first, end, "if"))
        case _ if head.kind is not TokenKind.KEYWORD:
            yield from _assigned(tokens, first, end)
    if head.text not in {"def", "class"}:
        yield from _walrus(tokens, first, end)


def _assigned(tokens: Sequence[Token], first: int, end: int) -> Iterator[str]:
    """Yield the targets of `a = b = value`, `a: int = value` and `a += value`."""
    if tokens[first].kind is TokenKind.NAME and first + 1 < end and tokens[first + 1].text in _AUGMENTED:
        yield tokens[first].text
        return
    if tokens[first].text == "type" and first + 1 < end and tokens[first + 1].kind is TokenKind.NAME:
        return  # a type alias
    start = first
    while (equals := find_at_depth(tokens, start, end, "=")) < end:
        yield from _target_names(tokens, start, find_at_depth(tokens, start, equals, ":"))
        start = equals + 1


def _target_names(tokens: Sequence[Token], first: int, end: int) -> Iterator[str]:
    """Yield the names bound by a target list: `a, (b, *c), d.attribute, e[index]` binds a, b and c."""
    index = first
    while index < end:
        token = tokens[index]
        if token.kind is TokenKind.OPERATOR and token.text in {"[", "("} and index > first:
            if tokens[index - 1].ends_operand():
                index = _end_of_depth(tokens, index + 1, end) if index + 1 < end else end
                continue
        elif token.kind is TokenKind.NAME and not _is_part_of_chain(tokens, index, first, end):
            yield token.text
        index += 1


def _is_part_of_chain(tokens: Sequence[Token], index: int, first: int, end: int) -> bool:
    """Say whether the name is an attribute, or has an attribute, index or call after it."""
    if index > first and tokens[index - 1].is_operator("."):
        return True
    return (
        index + 1 < end and tokens[index + 1].kind is TokenKind.OPERATOR and tokens[index + 1].text in {".", "[", "("}
    )


def _as_targets(tokens: Sequence[Token], first: int, end: int) -> Iterator[str]:
    for index in range(first, end):
        if tokens[index].is_keyword("as"):
            stop = min(_end_of_depth(tokens, index, end), find_at_depth(tokens, index, end, ","))
            yield from _target_names(tokens, index + 1, stop)


def _captures(tokens: Sequence[Token], first: int, end: int) -> Iterator[str]:
    """Yield the names that a `case` pattern captures."""
    for index in range(first, end):
        token = tokens[index]
        if token.kind is not TokenKind.NAME or token.text == "_" or tokens[index - 1].is_operator("."):
            continue
        following = tokens[index + 1].text if index + 1 < end else ""
        if following not in {".", "(", "="}:
            yield token.text


def _walrus(tokens: Sequence[Token], first: int, end: int) -> Iterator[str]:
    for index in range(first + 1, end):
        if tokens[index].is_operator(":=") and tokens[index - 1].kind is TokenKind.NAME:
            yield tokens[index - 1].text


def _is_pattern(tokens: Sequence[Token], statement: Statement) -> bool:
    """Say whether a statement that begins with the name `case` is a header: then a colon ended it."""
    return statement.end < len(tokens) and tokens[statement.end].is_operator(":")


def _plain_names(tokens: Sequence[Token], first: int, end: int) -> Iterator[str]:
    return (token.text for token in tokens[first:end] if token.kind is TokenKind.NAME)


def _find_keyword(tokens: Sequence[Token], first: int, end: int, text: str) -> int:
    """Return the first keyword `text` as deep as the token at `first`, else `end`."""
    depth = tokens[first].depth
    return next((i for i in range(first, end) if tokens[i].depth == depth and tokens[i].is_keyword(text)), end)


def _end_of_depth(tokens: Sequence[Token], first: int, end: int) -> int:
    """Return the index of the end of the brackets that the token at `first` is in, else `end`."""
    depth = tokens[first].depth
    return next((i for i in range(first, end) if tokens[i].depth < depth), end)
