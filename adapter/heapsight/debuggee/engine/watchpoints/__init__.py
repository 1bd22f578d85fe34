"""Data breakpoints: what is watched, which code may write it, and how a write is noticed."""
