"""Mechanism: where a program stops and how it goes on. Knows neither DAP nor values."""
