"""Passes over all nodes or edges of a heap: in C where that was built, and the same in Python."""
