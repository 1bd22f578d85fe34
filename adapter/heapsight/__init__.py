"""Heapsight: a Python debugger that sees memory."""

__version__ = "0.1.0"
