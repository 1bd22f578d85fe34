"""Breakpoints: what was asked for, which code that means, and what happens on arrival."""
