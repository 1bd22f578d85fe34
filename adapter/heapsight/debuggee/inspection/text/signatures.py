"""The signature of a function, read from its code: `inspect.signature` may run what the user put in its way."""

from __future__ import annotations

import inspect
from types import FunctionType

from .limits import Limits
from .saferepr import Reprs

_DEFAULT = Limits(characters=60, elements=5, depth=2)


def signature_text(function: FunctionType) -> str:
    """Return `name(a, /, b=1, *args, c, **rest)`."""
    code = function.__code__
    names = code.co_varnames
    count = code.co_argcount
    defaults = function.__defaults__ or ()
    keyword_defaults = function.__kwdefaults__ or {}
    reprs = Reprs()

    def with_default(name: str, default: object) -> str:
        return f"{name}={reprs.text(default, _DEFAULT)}"

    parts = []
    for index, name in enumerate(names[:count]):
        place = index - (count - len(defaults))
        parts.append(with_default(name, defaults[place]) if place >= 0 else name)
        if index + 1 == code.co_posonlyargcount:
            parts.append("/")
    after = count + code.co_kwonlyargcount
    if code.co_flags & inspect.CO_VARARGS:
        parts.append(f"*{names[after]}")
        after += 1
    elif code.co_kwonlyargcount:
        parts.append("*")
    for name in names[count : count + code.co_kwonlyargcount]:
        parts.append(with_default(name, keyword_defaults[name]) if name in keyword_defaults else name)
    if code.co_flags & inspect.CO_VARKEYWORDS:
        parts.append(f"**{names[after]}")
    return f"{function.__name__}({', '.join(parts)})"
