"""What a file defines, told apart by content: which functions, classes and statements another version has changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ..records import field, mutable_record, record

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@record
class Function:
    """A function by content, its place in the file not counted."""

    body: str
    defaults: str
    decorators: str


@mutable_record
class Block:
    """The statements of a module or a class."""

    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, Block] = field(default_factory=dict)
    # By name or, for those without one, by content.
    nodes: dict[str, ast.stmt] = field(default_factory=dict)


@mutable_record
class Changes:
    """What another version of a file has changed, by qualified name; statements by their lines."""

    functions: list[str] = field(default_factory=list)
    new: list[tuple[str, ast.stmt]] = field(default_factory=list)
    not_run: list[int] = field(default_factory=list)
    defaults: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = field(default_factory=list)
    decorators: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.functions or self.new or self.not_run or self.defaults or self.decorators or self.gone)


def read_block(body: Sequence[ast.stmt]) -> Block:
    """Return what the statements of a module or of a class define."""
    block = Block()
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            block.functions[node.name] = _function(node)
            block.nodes[node.name] = node
        elif isinstance(node, ast.ClassDef):
            block.classes[node.name] = read_block(node.body)
            block.nodes[node.name] = node
        else:
            block.nodes[ast.dump(node)] = node
    return block


def changes_between(old: Block, new: Block, prefix: str = "") -> Changes:
    """Return what is different in `new`; `prefix` is the qualified name of the class, with a dot."""
    found = Changes()
    for name, function in new.functions.items():
        before = old.functions.get(name)
        if before is None:
            found.new.append((prefix + name, new.nodes[name]))
            continue
        if before.body != function.body:
            found.functions.append(prefix + name)
        node = new.nodes[name]
        if before.defaults != function.defaults and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.defaults.append((prefix + name, node))
        if before.decorators != function.decorators:
            found.decorators.append(prefix + name)
    for name, inner in new.classes.items():
        known = old.classes.get(name)
        if known is None:
            found.new.append((prefix + name, new.nodes[name]))
        else:
            _merge(found, changes_between(known, inner, f"{prefix}{name}."))
    _compare_statements(old, new, prefix, found)
    return found


def _compare_statements(old: Block, new: Block, prefix: str, found: Changes) -> None:
    for key, node in new.nodes.items():
        if isinstance(node, Definition) or key in old.nodes:
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not prefix:
            found.new.append((ast.unparse(node), node))
        else:
            found.not_run.append(node.lineno)
    known = {*new.functions, *new.classes}
    found.gone.extend(prefix + name for name in (*old.functions, *old.classes) if name not in known)


def _merge(into: Changes, other: Changes) -> None:
    into.functions += other.functions
    into.new += other.new
    into.not_run += other.not_run
    into.defaults += other.defaults
    into.decorators += other.decorators
    into.gone += other.gone


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    defaults = (*node.args.defaults, *_present(node.args.kw_defaults))
    whole = (type(node).__name__, *(ast.dump(one) for one in node.body), *_parameters(node.args))
    return Function("\n".join(whole), _dump(defaults), _dump(node.decorator_list))


def _dump(nodes: Sequence[ast.AST]) -> str:
    return "\n".join(ast.dump(node) for node in nodes)


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    for kind in ("posonlyargs", "args", "kwonlyargs"):
        yield kind
        yield from (one.arg for one in getattr(arguments, kind))
    yield from (one.arg for one in (arguments.vararg, arguments.kwarg) if one is not None)


def _present(nodes: Sequence[ast.expr | None]) -> Iterator[ast.expr]:
    return (node for node in nodes if node is not None)
