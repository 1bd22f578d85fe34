"""Allocations of ours that `tracemalloc` need not remember: each one would cost it a walk up the stack.

`tracemalloc` stands before the interpreter's allocators, as the documentation of `PyMem_SetAllocator` describes it for
such hooks, and keeps the ones behind it in one block: those of the domains `mem`, `raw`, `obj`, in that order (CPython
3.11 to 3.13, Python/tracemalloc.c). They are put in its place meanwhile. Where anything looks otherwise, nothing is
changed, and all is only slower.
"""

from __future__ import annotations

import ctypes
from typing import Final

_RAW, _MEM, _OBJ = 0, 1, 2


class _Allocator(ctypes.Structure):
    """`PyMemAllocatorEx`."""

    _fields_ = (
        ("ctx", ctypes.c_void_p),
        ("malloc", ctypes.c_void_p),
        ("calloc", ctypes.c_void_p),
        ("realloc", ctypes.c_void_p),
        ("free", ctypes.c_void_p),
    )


_SIZE: Final = ctypes.sizeof(_Allocator)


class untraced:
    """Have small allocations not traced meanwhile, those of other threads either. What was traced before stays so.

    Large ones come from the domain `raw` in the end, which is used without the interpreter's lock and left alone. What
    is freed meanwhile keeps its trace until its memory is used again.
    """

    __slots__ = ("_tracing",)

    def __enter__(self) -> None:
        self._tracing: dict[int, _Allocator] = {}
        raw, mem, obj = (_current(domain) for domain in (_RAW, _MEM, _OBJ))
        block = mem.ctx or 0
        is_tracemalloc = mem.malloc == obj.malloc and block and (raw.ctx, obj.ctx) == (block + _SIZE, block + 2 * _SIZE)
        if is_tracemalloc:
            self._tracing = {_MEM: mem, _OBJ: obj}
            for domain, hook in self._tracing.items():
                _set(domain, _Allocator.from_address(hook.ctx))

    def __exit__(self, *raised: object) -> None:
        for domain, hook in self._tracing.items():
            _set(domain, hook)


def _current(domain: int) -> _Allocator:
    found = _Allocator()
    ctypes.pythonapi.PyMem_GetAllocator(ctypes.c_int(domain), ctypes.byref(found))
    return found


def _set(domain: int, allocator: _Allocator) -> None:
    ctypes.pythonapi.PyMem_SetAllocator(ctypes.c_int(domain), ctypes.byref(allocator))
