"""Requests about the live heap of a stopped program. Described in docs/protocol.md.

Sizes are in bytes. Numbers of types and objects live until the program goes on.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from .memory_requests import Location, RetainedBody

HISTOGRAM = "heapsight/histogram"
MARK = "heapsight/mark"
INSTANCES = "heapsight/instances"
WATCH_TYPE = "heapsight/watchType"
RETAINED = "heapsight/retained"


class HistogramArguments(TypedDict):
    """`all`: also objects that the collector does not track. `count` 0 or missing: all rows from `start`."""

    compareWith: NotRequired[Literal["lastStop", "mark", "nothing"]]
    sortBy: NotRequired[Literal["size", "count", "sizeChange", "countChange", "name"]]
    filter: NotRequired[str]
    all: NotRequired[bool]
    start: NotRequired[int]
    count: NotRequired[int]


class HistogramRow(TypedDict):
    """One type. `type` is missing where it has no objects any more; the changes where nothing is compared with."""

    type: NotRequired[int]
    name: str
    qualifiedName: str
    module: str
    count: int
    size: int
    countChange: NotRequired[int]
    sizeChange: NotRequired[int]


class HistogramTotals(TypedDict):
    """All rows together, those that are not shown among them."""

    count: int
    size: int
    countChange: NotRequired[int]
    sizeChange: NotRequired[int]


class HistogramBody(TypedDict):
    """A page of `total` rows. `complete` is false where the time limit ended the count."""

    rows: list[HistogramRow]
    total: int
    totals: HistogramTotals
    comparedWith: Literal["lastStop", "mark"] | None
    all: bool
    complete: bool
    seconds: float


class MarkArguments(TypedDict):
    """`all` as for a histogram: what is to be compared with has to be a count of the same objects."""

    all: NotRequired[bool]


class MarkBody(TypedDict):
    """All objects there are at this moment."""

    count: int
    size: int


class InstancesArguments(TypedDict):
    """`type`, a number from a histogram, or `typeName`. `filter` is an expression over `obj`."""

    type: NotRequired[int]
    typeName: NotRequired[str]
    filter: NotRequired[str]
    subclasses: NotRequired[bool]
    sortBy: NotRequired[Literal["size", "retained", "address"]]
    frameId: NotRequired[int]
    start: NotRequired[int]
    count: NotRequired[int]


class CreatedAt(TypedDict):
    """The line that was running when an object was created."""

    path: str
    line: int
    function: str


class Instance(TypedDict):
    """One object, with its number for `heapsight/inspect`. `references` is null for an immortal one."""

    object: int
    type: str
    value: str
    size: int
    references: int | None
    retained: NotRequired[RetainedBody]
    created: NotRequired[CreatedAt]


class InstancesBody(TypedDict):
    """A page of `total` objects. `failed`: for how many the filter raised, `error` what it raised first."""

    instances: list[Instance]
    total: int
    complete: bool
    failed: NotRequired[int]
    error: NotRequired[str]


class WatchTypeArguments(TypedDict):
    """`type`, a number from a histogram, or `typeName`."""

    type: NotRequired[int]
    typeName: NotRequired[str]
    action: Literal["break", "track", "off"]
    frameId: NotRequired[int]


class WatchTypeBody(TypedDict):
    """What is done from now on when an instance is created. `location`: the class."""

    typeName: str
    action: Literal["break", "track", "off"]
    location: NotRequired[Location]


class RetainedArguments(TypedDict):
    """`object`: a number from `heapsight/inspect`."""

    object: int


SNAPSHOT = "heapsight/snapshot"
TRACE_ALLOCATIONS = "heapsight/traceAllocations"


class SnapshotArguments(TypedDict):
    """`path`: of the file; without it, a name of its own in `.heapsight`. `collect`: run the collector before."""

    path: NotRequired[str]
    label: NotRequired[str]
    collect: NotRequired[bool]


class SnapshotBody(TypedDict):
    """What was written. `pauseSeconds`: how long the program stood still for it."""

    path: str
    capture: Literal["fork", "process", "python"]
    pauseSeconds: float
    nodes: int
    references: int
    fileBytes: int


class TraceAllocationsArguments(TypedDict):
    """`frames` to keep for each allocation from now on; 0 ends it."""

    frames: int


class TraceAllocationsBody(TypedDict):
    """How many frames are kept now."""

    frames: int
