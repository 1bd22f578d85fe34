"""Conditions and log messages: expressions of the user's that are evaluated in running frames."""
