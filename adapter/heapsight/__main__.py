"""`python -m heapsight`, and `python <this folder>` without the package on the path."""

import sys

# With `-m` that is the current folder, where a file of the user's may shadow a library module; run by path, it is this
# package's own. In both cases nothing is to be found there.
if not sys.flags.safe_path:
    del sys.path[0]

if not __package__:
    import importlib.util
    import os

    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
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
    sys.exit(main(sys.argv[1:]))
