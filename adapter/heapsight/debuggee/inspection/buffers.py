"""The bytes of objects that have a buffer: bytes, bytearray, memoryview, array, mmap, arrays of numpy, ctypes data.

Tensors of torch have none, and are read where their elements lie, if that is in main memory.

A buffer is exported for the moment only: as long as one is, a bytearray cannot be resized. What is read and written are
the bytes of the elements in their order, also where these do not lie one behind the other.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from types import WrapperDescriptorType
from typing import Any, cast

from ..attributes import find_class_attribute, type_name
from ..errors import RequestError
from ..records import record
from .presenters.table import recognise

_FULL_READ_ONLY = 0x11C  # PyBUF_FULL_RO: with shape, strides and format, writable or not
_MOST = 64 * 1024 * 1024
Place = tuple[int, int, tuple[int, ...], tuple[int, ...]]  # address, bytes of an element, shape, strides in bytes


class _PyBuffer(ctypes.Structure):
    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.POINTER(ctypes.c_ssize_t)),
        ("strides", ctypes.POINTER(ctypes.c_ssize_t)),
        ("suboffsets", ctypes.POINTER(ctypes.c_ssize_t)),
        ("internal", ctypes.c_void_p),
    )


# By address, not `py_object`: ctypes would ask the argument for its `__class__`.
_check = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(("PyObject_CheckBuffer", ctypes.pythonapi))
_export = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ("PyObject_GetBuffer", ctypes.pythonapi)
)
_release = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(("PyBuffer_Release", ctypes.pythonapi))


def exports_bytes(obj: object) -> bool:
    """Say whether the type of `obj` has a buffer at all."""
    return bool(_check(id(obj)))


def has_buffer(obj: object) -> bool:
    """Say whether the bytes of `obj` can be looked at: not where a `__buffer__` of the user's would have to run."""
    if not _check(id(obj)):
        return "torch" in sys.modules and _place_of_tensor(obj) is not None
    exporter = find_class_attribute(type(obj), "__buffer__")  # 3.12+
    if exporter is not None and type(exporter) is not WrapperDescriptorType:
        return False
    found = recognise(type(obj))
    if found is None:
        return True
    # Not each number of numpy's; and what an array of objects consists of are pointers.
    return type_name(found[1]) in {"ndarray", "MaskedArray"} and not _array(obj).dtype.hasobject


def _place_of_tensor(obj: object) -> Place | None:
    """Return where the elements of a tensor of torch lie in main memory; None for all else."""
    found = recognise(type(obj))
    if found is None or type_name(found[1]) != "Tensor":
        return None
    from .presenters.torch_tensors import place_in_memory

    return place_in_memory(obj)


def _array(obj: object) -> Any:
    from .presenters.numpy_arrays import plain

    return plain(obj)


def _exporter_of(obj: object) -> object:
    """Return who exports the bytes of `obj`: for dates, which numpy exports in no format, numbers in the same place."""
    if recognise(type(obj)) is None:
        return obj
    array = _array(obj)
    return array.view("i8") if array.dtype.kind in "mM" else array


@record
class _View:
    """An exported buffer. `shape` and `strides` (in bytes) are those of the elements, `readable` counts bytes."""

    address: int
    readable: int
    read_only: bool
    itemsize: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def contiguous(self) -> bool:
        """Whether the elements lie one behind the other, in their order."""
        expected = self.itemsize
        for size, stride in zip(reversed(self.shape), reversed(self.strides), strict=True):
            if size > 1 and stride != expected:
                return False
            expected *= size
        return True

    def pieces(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Yield address and length of what makes up the bytes from `start` to `stop`."""
        if self.contiguous:
            yield self.address + start, stop - start
            return
        while start < stop:
            number, within = divmod(start, self.itemsize)
            length = min(self.itemsize - within, stop - start)
            yield self._address_of(number) + within, length
            start += length

    def _address_of(self, number: int) -> int:
        address = self.address
        for size, stride in zip(reversed(self.shape), reversed(self.strides), strict=True):
            number, place = divmod(number, size)
            address += place * stride
        return address


@contextmanager
def _exported(obj: object) -> Iterator[_View]:
    """Export the buffer of `obj` for the block. Raises RequestError where it has none now."""
    if not _check(id(obj)):
        place = _place_of_tensor(obj)
        if place is None:
            raise RequestError("Its memory cannot be reached: it is not where it was.")
        address, itemsize, shape, strides = place
        yield _View(address, itemsize * prod(shape), False, itemsize, shape, strides)
        return
    exporter, view = _exporter_of(obj), _PyBuffer()
    try:
        _export(id(exporter), ctypes.addressof(view), _FULL_READ_ONLY)
    except (ValueError, BufferError, TypeError) as error:
        raise RequestError(f"Its memory cannot be reached: {error}.") from None
    try:
        if view.suboffsets:
            raise RequestError("Its memory lies scattered behind pointers, and cannot be shown as one.")
        dimensions = range(view.ndim)
        shape = tuple(view.shape[index] for index in dimensions) if view.shape else (view.len // (view.itemsize or 1),)
        strides = tuple(view.strides[index] for index in dimensions) if view.strides else (view.itemsize,)
        readable = min(view.len, _backed(obj, view.len))
        yield _View(view.buf or 0, readable, bool(view.readonly), view.itemsize or 1, shape, strides)
    finally:
        _release(ctypes.addressof(view))


def _backed(obj: object, length: int) -> int:
    """Return how much of a map is there: what lies beyond the end of a file that was cut must not be touched."""
    module: Any = sys.modules.get("mmap")
    if module is None or not issubclass(type(obj), module.mmap):
        return length
    try:
        return cast(int, module.mmap.size(obj))
    except (OSError, ValueError):  # of no file
        return length


@record
class Bytes:
    """What was read: `missing` says how many of the bytes that were asked for do not exist."""

    address: int
    data: bytes
    missing: int


def read(obj: object, offset: int, count: int) -> Bytes:
    """Return up to `count` bytes of `obj` from `offset` on. Raises RequestError."""
    if count < 0:
        raise RequestError("'count' is negative.")
    with _exported(obj) as view:
        # Before the beginning there is nothing, and what follows must not be taken for it.
        start = min(offset, view.readable) if offset >= 0 else 0
        stop = max(start, min(offset + count, view.readable)) if offset >= 0 else 0
        if stop - start > _MOST:
            raise RequestError(f"That is too much at once: at most {_MOST:,} bytes can be read.")
        data = b"".join(ctypes.string_at(address, length) for address, length in view.pieces(start, stop))
        return Bytes(view.address + offset, data, count - len(data))


def write(obj: object, offset: int, data: bytes, *, partial: bool) -> int:
    """Write `data` into `obj` at `offset`; return how much was written. Raises RequestError."""
    with _exported(obj) as view:
        if view.read_only:
            raise RequestError(f"The memory of this {type_name(type(obj))} is read-only.")
        room = view.readable - offset
        if offset < 0 or room < 0 or (len(data) > room and not partial):
            raise RequestError(f"There are only {view.readable:,} bytes; the object cannot grow.")
        written = min(len(data), room)
        source = 0
        for address, length in view.pieces(offset, offset + written):
            ctypes.memmove(address, data[source : source + length], length)
            source += length
        return written


def length(obj: object) -> int:
    """Return how many bytes there are. Raises RequestError."""
    with _exported(obj) as view:
        return view.readable
