"""Classes that are mostly fields: those of `wire`, which the adapter has, too."""

from __future__ import annotations

from ..wire.records import field, mutable_record, record, replace

__all__ = ["field", "mutable_record", "record", "replace"]
