"""Errors whose text is for the user."""

from __future__ import annotations


class RequestFailed(Exception):
    """A request that cannot be carried out; its text becomes the error response."""


class LinkClosed(RequestFailed):
    """The program, or the adapter that stands for it, is gone."""

    def __init__(self) -> None:
        super().__init__("The program has ended.")
