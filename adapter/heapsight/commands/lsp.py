"""`heapsight lsp`: the language server on standard input and output."""

from __future__ import annotations

import argparse
import sys

from .. import __version__


def main(argv: list[str]) -> int:
    """Serve until the client says `exit` or closes the stream."""
    parser = argparse.ArgumentParser(prog="heapsight lsp", description="Run Heapsight's language server on stdio.")
    parser.add_argument("--stdio", action="store_true", help="the default; accepted because LSP clients pass it")
    parser.parse_args(argv)
    try:
        from ..lsp.server import create_server
    except ModuleNotFoundError as error:
        print(f"heapsight lsp needs the package '{error.name}': pip install pygls", file=sys.stderr)
        return 1
    create_server(__version__).start_io()
    return 0
