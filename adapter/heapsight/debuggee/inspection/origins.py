"""Where a value that is shown is stored, and where an expression would store one: what a data breakpoint is set on."""

from __future__ import annotations

import ast
from collections.abc import Callable
from types import FrameType

from ..attributes import type_name
from ..errors import RequestError
from ..frames import class_around
from ..records import record
from .evaluation.namespaces import names_of, runs_function
from .members import Form, Storage
from .tree import Row


@record
class Origin:
    """A place that a value is stored in. Has objects of the program's: not to be kept.

    owner: the frame for LOCAL; the globals for GLOBAL, else the object. key: the name, or the key of an item.
    """

    storage: Storage
    owner: object
    key: object
    label: str


def origin_of_row(row: Row) -> Origin:
    """Return where the value of a row in Variables is stored. Raises RequestError where it is nowhere."""
    member, owner = row.member, row.owner
    if member is None or owner is None:
        raise RequestError(f"{row.name!r} is not stored under a name.")
    if member.form is Form.LAZY:
        raise RequestError(f"{row.name!r} is computed each time: break on the attribute that its value is stored in.")
    if member.storage is Storage.NOWHERE:
        raise RequestError(f"{row.name!r} is not stored where it could be watched. {row.refusal}")
    label = row.evaluate_name or row.name
    holder = owner.obj
    if member.storage is Storage.GLOBAL and isinstance(holder, FrameType):
        return Origin(Storage.GLOBAL, holder.f_globals, member.name, label)
    if member.storage is Storage.LOCAL and isinstance(holder, FrameType):
        return _origin_in_frame(holder, member.name, label)
    return Origin(member.storage, holder, member.key if member.storage is Storage.ITEM else member.name, label)


def origin_of_expression(
    expression: str, frame: FrameType | None, main: dict[str, object], evaluate: Callable[[str], object]
) -> Origin:
    """Return where an assignment to `expression` would store; what it is a part of is evaluated.

    Raises RequestError where it would nowhere, and what `evaluate` raises.
    """
    text = expression.strip()
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        raise RequestError(f"{text!r} is no expression.") from None
    if isinstance(node, ast.Name):
        return _origin_of_name(node.id, frame, main)
    if isinstance(node, ast.Attribute):
        owner = evaluate(ast.unparse(node.value))
        return Origin(Storage.ATTRIBUTE, owner, _mangled(node.attr, frame), text)
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
        return Origin(Storage.ITEM, evaluate(ast.unparse(node.value)), evaluate(ast.unparse(node.slice)), text)
    match node:
        case ast.Call(func=ast.Name(id="len"), args=[argument], keywords=[]):
            return Origin(Storage.LENGTH, evaluate(ast.unparse(argument)), "len()", text)
    raise RequestError(f"{text!r} is not stored: a name, an attribute, an item or a len() of something is.")


def _origin_of_name(name: str, frame: FrameType | None, main: dict[str, object]) -> Origin:
    if frame is None:
        return Origin(Storage.GLOBAL, main, name, name)
    if name in names_of(frame):
        return _origin_in_frame(frame, name, name)
    if name not in frame.f_globals and name not in frame.f_code.co_names:
        raise RequestError(f"There is no variable {name!r} here.")
    return Origin(Storage.GLOBAL, frame.f_globals, name, name)


def _origin_in_frame(frame: FrameType, name: str, label: str) -> Origin:
    if runs_function(frame) or name in frame.f_code.co_freevars:
        return Origin(Storage.LOCAL, frame, name, label)
    namespace: object = frame.f_locals
    if type(namespace) is not dict:
        raise RequestError(f"The names of this class body are kept in a {type_name(type(namespace))}.")
    return Origin(Storage.GLOBAL, namespace, name, label)


def _mangled(name: str, frame: FrameType | None) -> str:
    """Return the name that the compiler makes of a private one."""
    around = class_around(frame.f_code) if frame is not None else None
    if around is None or not name.startswith("__") or name.endswith("__"):
        return name
    return f"_{around.lstrip('_')}{name}"
