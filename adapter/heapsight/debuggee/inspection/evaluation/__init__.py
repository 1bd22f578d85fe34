"""Expressions and statements of the user's: run, completed, or read without running anything."""
