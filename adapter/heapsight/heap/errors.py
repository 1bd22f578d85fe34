"""What can go wrong with a question, as far as the text is for whoever asked."""

from __future__ import annotations


class QuestionFailed(Exception):
    """A question without an answer: no such node, a wrong query, a file that cannot be read. The text says why."""


class Cancelled(Exception):
    """Nobody wants the answer any more."""
