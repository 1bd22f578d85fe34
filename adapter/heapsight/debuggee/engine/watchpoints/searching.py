"""The instructions of some code that concern a place of a certain kind."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from types import CodeType

from . import sites
from .container_places import ContainerPlace, LengthPlace
from .places import AttributePlace, CellPlace, LocalPlace, NamespacePlace, Place
from .sites import Body, Site

_WAYS: tuple[tuple[type, sites.Changing], ...] = (
    (list, sites.CHANGING_LIST),
    (defaultdict, sites.CHANGING_DEFAULTDICT),
    (dict, sites.CHANGING_DICT),
    (set, sites.CHANGING_SET),
    (deque, sites.CHANGING_DEQUE),
)


def sites_of(place: Place, code: CodeType, *, writes: bool, reads: bool) -> list[Site]:
    """Return where `code` may write `place` and where it may read it, as asked for."""
    if not _may_concern(place, code, reads=reads):
        return []
    body = Body(code)
    found: list[Site] = []
    if writes:
        found += _sites(place, body, reads=False)
    if reads:
        found += _sites(place, body, reads=True)
    return found


def _may_concern(place: Place, code: CodeType, *, reads: bool) -> bool:
    """Say whether it is worth while to look at the instructions."""
    if isinstance(place, LocalPlace):
        return code is place.code
    if isinstance(place, CellPlace):
        return place.name in code.co_freevars or place.name in code.co_cellvars or "cell_contents" in code.co_names
    if isinstance(place, NamespacePlace | AttributePlace):
        return place.name in code.co_names or sites.may_set_attributes(code) or sites.imports_all(code)
    return reads or sites.may_store_items(code, _way_of(place))


def _sites(place: Place, body: Body, *, reads: bool) -> Iterator[Site]:
    if isinstance(place, LocalPlace):
        yield from sites.local_sites(body, place.name, reads=reads)
    elif isinstance(place, CellPlace):
        yield from sites.cell_sites(body, place.name, reads=reads)
    elif isinstance(place, NamespacePlace):
        yield from sites.namespace_sites(body, place.name, reads=reads)
    elif isinstance(place, AttributePlace):
        yield from sites.attribute_sites(body, place.name, reads=reads)
    elif isinstance(place, ContainerPlace) and not (reads and isinstance(place, LengthPlace)):
        yield from sites.item_sites(body, _way_of(place), reads=reads)


def _way_of(place: Place) -> sites.Changing:
    """Return the ways in which the container of a place may be changed."""
    if isinstance(place, ContainerPlace):
        for kind, way in _WAYS:
            if place.is_of(kind):
                return way
    return sites.CHANGING_LIST
