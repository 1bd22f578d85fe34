"""Errors that carry blame: what the client asked for could not be done, and it is not our fault."""

from __future__ import annotations


class RequestError(Exception):
    """A request that cannot be carried out; its text is shown to the user as it is."""
