"""Which names a block of code binds, as its compiler would see it."""

from __future__ import annotations

import ast

from .locations import with_locations

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def names_bound(tree: ast.Module) -> set[str]:
    """Return the names that the block itself binds or deletes, not those of functions and classes inside it."""
    found: set[str] = set()
    shared: set[str] = set()
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Global):
            shared.update(node.names)
        found.update(_bound_by(node))
        pending.extend(_inside(node))
    return found - shared


def without_annotations(tree: ast.Module) -> ast.Module:
    """Make plain assignments of annotated ones: a variable of another scope cannot be annotated."""
    tree.body = [_plain(statement) for statement in tree.body]
    return tree


def _plain(statement: ast.stmt) -> ast.stmt:
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        return statement
    plain = ast.Pass() if statement.value is None else ast.Assign([statement.target], statement.value)
    return with_locations(ast.copy_location(plain, statement))


def _bound_by(node: ast.AST) -> list[str]:
    """Return the names that one node binds by itself."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return [(alias.asname or alias.name.partition(".")[0]) for alias in aliases if alias.name != "*"]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(name)):
            return [name]
        case _:
            return []


def _inside(node: ast.AST) -> list[ast.AST]:
    """Return the nodes inside one that may bind names of the same scope."""
    if isinstance(node, _SCOPES):
        # The body is a scope of its own; decorators, bases and defaults are not.
        outside: list[ast.AST] = [*node.decorator_list]
        if isinstance(node, ast.ClassDef):
            return [*outside, *node.bases, *node.keywords]
        return [*outside, *node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
    if isinstance(node, ast.Lambda):
        return [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
    if isinstance(node, _COMPREHENSIONS):
        # Of what a comprehension binds, only `:=` reaches the scope around it.
        return [one for one in ast.walk(node) if isinstance(one, ast.NamedExpr)]
    return list(ast.iter_child_nodes(node))
