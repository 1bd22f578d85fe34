"""The requests that DAP does not have: what an object is, and what holds it. Described in docs/protocol.md.

Sizes are in bytes. Object numbers live until the program goes on, numbers of followed objects until unfollowed.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

INSPECT = "heapsight/inspect"
REFERRERS = "heapsight/referrers"
FOLLOWED = "heapsight/followed"
UNFOLLOW = "heapsight/unfollow"


class Location(TypedDict):
    """A place in the source; lines count from 1."""

    path: str
    line: int


class InspectArguments(TypedDict):
    """One of: `expression` (with `frameId`); `variablesReference` and `name`; `object`."""

    expression: NotRequired[str]
    frameId: NotRequired[int]
    variablesReference: NotRequired[int]
    name: NotRequired[str]
    object: NotRequired[int]
    follow: NotRequired[bool]


class DeepSizeBody(TypedDict):
    """Everything reachable; a lower bound unless `complete`. `text` is it for people, budget and all."""

    bytes: int
    objects: int
    complete: bool
    text: str


class RetainedBody(TypedDict):
    """What would be freed with an object; a lower bound unless `complete`. `text` is it for people, budget and all."""

    bytes: int
    objects: int
    complete: bool
    text: str


class ObjectInfo(TypedDict):
    """One object. `references` is null for an immortal one; `evaluateName` is an expression for it, if there is one."""

    object: int
    name: str
    evaluateName: NotRequired[str]
    type: str
    qualifiedType: str
    value: str
    address: str
    shallowSize: int
    deepSize: DeepSizeBody
    retainedSize: RetainedBody
    references: int | None
    immortal: bool
    gcTracked: bool
    weakReferences: int
    summary: str
    classLocation: NotRequired[Location]
    follow: NotRequired[int]


class ReferrersArguments(TypedDict):
    """`ancestors`: the objects on the way to this one in the tree. `count` 0 or missing: all from `start`."""

    object: int
    start: NotRequired[int]
    count: NotRequired[int]
    ancestors: NotRequired[list[int]]


ReferrerKind = Literal[
    "attribute",
    "slot",
    "item",
    "key",
    "member",
    "global",
    "classAttribute",
    "local",
    "closure",
    "cell",
    "default",
    "stack",
    "type",
    "internal",
    "more",
]


class Referrer(TypedDict):
    """One line of the tree. Without `object` there is nothing to expand."""

    label: str
    kind: str
    count: int
    object: NotRequired[int]
    type: NotRequired[str]
    value: NotRequired[str]
    summary: NotRequired[str]
    step: NotRequired[str]
    cycle: bool
    root: bool
    location: NotRequired[Location]
    frameId: NotRequired[int]


class ReferrersBody(TypedDict):
    """A page of `total` lines. All counts and `unaccounted` sum up to the object's `references` if `complete`."""

    referrers: list[Referrer]
    total: int
    unaccounted: int
    complete: bool


class FollowedArguments(TypedDict):
    """`follow` is the number from an earlier `ObjectInfo`."""

    follow: int
    name: NotRequired[str]
    frameId: NotRequired[int]


class FollowedBody(TypedDict):
    """`info` is there while the object is."""

    alive: bool
    info: NotRequired[ObjectInfo]


class UnfollowArguments(TypedDict):
    """Answered without a body."""

    follow: int
