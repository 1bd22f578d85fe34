"""`python -m heapsight`, and `python <this folder>` without the package on the path."""

import sys

if not __package__:
    # Run by path: the folder itself is on the path then, where its modules would shadow others.
    import importlib.util
    import os

    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    if sys.path and os.path.abspath(sys.path[0]) == folder:  # noqa: PTH100
        del sys.path[0]
    spec = importlib.util.spec_from_file_location(
        "heapsight",
        os.path.join(folder, "__init__.py"),  # noqa: PTH118
        submodule_search_locations=[folder],
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules["heapsight"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["heapsight"])

from heapsight.cli import main

if __name__ == "__main__":
    sys.exit(main())
