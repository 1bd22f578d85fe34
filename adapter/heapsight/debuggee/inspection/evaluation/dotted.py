"""Names and attributes of them, `cart.items`, which is what an editor asks for at every hover: no compiler is needed.

Only what means the same without one: a variable that is bound, a global that is there, attributes whose names are not
changed by the class around them. Everything else is left to the compiler, before anything of the user's has run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from keyword import iskeyword
from types import FrameType

from ...holding import Held
from ..members import is_dunder
from .namespaces import main_namespace, runs_function, runs_module, variables_of

# Expressions that an attribute or an item can be asked of without parentheses around them.
_PRIMARIES = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp)


def as_owner(text: str) -> str | None:
    """Return an expression's text so that `.name` can follow it; None for statements."""
    if dotted_names(text) is not None:
        return text
    try:
        body = ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
    return text if isinstance(body, _PRIMARIES) else f"({text})"


def dotted_names(text: str) -> list[str] | None:
    """Return the names of `a.b.c`; None for any other expression."""
    names = text.split(".")
    return names if all(map(_is_plain, names)) else None


def _is_plain(name: str) -> bool:
    # Other than in ASCII, the compiler may read a name as another one.
    is_name = name.isascii() and name.isidentifier() and not iskeyword(name)
    # Two underscores would be mangled within a class.
    return is_name and (name[:2] != "__" or is_dunder(name))


def namespace_of(name: str, frame: FrameType | None, console: Mapping[str, Held]) -> Mapping[str, object] | None:
    """Return where `name` is to be read in `frame` (None: the main module); None where the compiler has to decide."""
    if frame is None or runs_module(frame):
        found = main_namespace() if frame is None else frame.f_globals
        return found if type(found) is dict and name in found else None
    # In a function a global of the same name is hidden even by a variable that is not bound.
    code = frame.f_code
    if not runs_function(frame) or name in console:
        return None
    if name in code.co_varnames or name in code.co_cellvars or name in code.co_freevars:
        variables = variables_of(frame)
        return variables if name in variables else None
    return frame.f_globals if type(frame.f_globals) is dict and name in frame.f_globals else None
