"""Whose code is it: what the user decides while the program is stopped."""

from __future__ import annotations

import os

from ..arguments import Arguments, optional_text
from ..engine.code_rules import CodeRule, library_of
from ..errors import RequestError
from ..program import Body, Program


def include_source(program: Program, arguments: Arguments) -> Body:
    """`heapsight/includeSource`: count a library as the user's code for the rest of the session, or no longer.

    Raises RequestError when neither a path nor a module is given.
    """
    path, module = optional_text(arguments, "path"), optional_text(arguments, "module")
    include = arguments.get("include", True)
    if (path is None) == (module is None) or not isinstance(include, bool):
        raise RequestError("One of 'path' and 'module' has to be given, and 'include' has to be true or false.")
    if module is not None:
        rule = CodeRule(include, module=module)
        body: dict[str, object] = {"name": module, "include": include}
    else:
        name, place = library_of(os.path.abspath(path or ""))
        rule = CodeRule(include, path=glob_free(place))
        body = {"name": name, "path": place, "include": include}
    program.engine.scope.add_rule(rule)
    program.engine.scope_changed()
    if program.options.client.invalidated_events:
        program.send_event("invalidated", {"areas": ["stacks"]})
    return body


def glob_free(path: str) -> str:
    """Return the pattern that is for `path` alone, whatever characters it has."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in path)
