"""Snapshots in formats that other tools open: Chrome's, tables, a page of HTML."""
