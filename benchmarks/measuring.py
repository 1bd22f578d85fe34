"""Cases, their samples, and what is said of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from peers import Peer


class Kind(Enum):
    """What a sample is and how it is reported."""

    LATENCY = "latency"
    """Seconds that something took: median and 99th percentile in milliseconds."""
    SLOWDOWN = "slowdown"
    """Seconds that a program took: a multiple of what it takes without a debugger."""
    COST = "cost"
    """The same, as what one of `events` events costs in microseconds."""
    COUNT = "count"
    """A number: how much more there is than without a debugger."""
    MEMORY = "memory"
    """Bytes: the same, in megabytes."""


_SCALES = {Kind.COST: 1e6, Kind.COUNT: 1, Kind.MEMORY: 1e-6}


@dataclass(frozen=True)
class Sample:
    """Seconds (or what else the case's kind says), and what was seen that a figure does not tell: lost output."""

    seconds: float
    note: str | None = None


@dataclass(frozen=True)
class Case:
    """One thing that is measured.

    `measure(peer, python)` yields sample after sample (peer None: without a debugger). Between two samples of one peer
    the others take one each, so that a machine that is busy for a while is busy for all of them.
    """

    name: str
    title: str
    kind: Kind
    measure: Callable[[Peer | None, str], Iterator[Sample]]
    events: int = 1

    @property
    def needs_baseline(self) -> bool:
        return self.kind is not Kind.LATENCY


class NotThere(Exception):
    """The peer has nothing of the kind that is measured; its text says so."""


@dataclass
class Result:
    """All rounds of one case with one peer."""

    rounds: list[list[float]] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    failure: str | None = None
    is_absent: bool = False

    def add(self, sample: Sample) -> None:
        """Add a sample to the present round."""
        self.rounds[-1].append(sample.seconds)
        if sample.note is not None:
            self.notes.add(sample.note)


@dataclass(frozen=True)
class Figure:
    """What is reported: a middle, how far the rounds lie apart, and for latencies the slow end."""

    middle: float
    low: float
    high: float
    p99: float | None = None


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least that share of all does not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def figure(case: Case, result: Result, baseline: Result | None) -> Figure:
    """Return the figure of a case: milliseconds, a multiple, or microseconds for an event."""
    if case.kind is Kind.LATENCY:
        samples = [sample * 1000 for samples in result.rounds for sample in samples]
        middles = [statistics.median(samples) * 1000 for samples in result.rounds]
        return Figure(statistics.median(samples), min(middles), max(middles), percentile(samples, 0.99))
    assert baseline is not None
    values = []
    for samples, bare in zip(result.rounds, baseline.rounds, strict=True):
        # The fastest repetition is the one that the machine disturbed least.
        with_debugger, without = min(samples), min(bare)
        if case.kind is Kind.SLOWDOWN:
            values.append(with_debugger / without)
        else:
            values.append((with_debugger - without) / case.events * _SCALES[case.kind])
    return Figure(statistics.median(values), min(values), max(values))
