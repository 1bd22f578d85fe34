"""What the collector's traversal of objects comes to, where it is safe to ask for it.

A module's traversal visits the state of its C code as well, and that may hand out what is no live object: with 3.12's
`_asyncio`, `gc.get_referents` brings dead future iterators from a free list back to life, which then die a second time
and make a cycle of the list, in which the collector itself runs for ever. So of a module only the namespace counts.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from itertools import repeat
from types import ModuleType
from typing import cast

from .attributes import module_dict


def referents(objects: Sequence[object]) -> list[object]:
    """Return the objects that `objects` refer to, as their traversals report them; of a module, its namespace."""
    if not any(map(issubclass, map(type, objects), repeat(ModuleType))):
        return gc.get_referents(*objects)
    found = gc.get_referents(*[one for one in objects if not issubclass(type(one), ModuleType)])
    namespaces = [module_dict(cast(ModuleType, one)) for one in objects if issubclass(type(one), ModuleType)]
    return found + [namespace for namespace in namespaces if namespace is not None]
