"""Entry of a launched program: `python bootstrap.py HOST:PORT -- (FILE | -m MODULE | -c CODE) ARGS…`.

Runs as a script by path, so that the program's `sys.path` never has to name this package. Any Python since 2.7 must be
able to compile this file, far enough to tell the adapter that it is too old.
"""

import os
import sys

TOKEN_VARIABLE = "HEAPSIGHT_TOKEN"


def _is_supported():
    return sys.version_info >= (3, 11) and sys.implementation.name == "cpython"


def _say_unsupported(address, token):
    """Tell the adapter which Python this is; it explains the rest to the user."""
    import json
    import platform
    import socket

    host, _, port = address.rpartition(":")
    hello = {
        "token": token,
        "pid": os.getpid(),
        "pythonVersion": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
    }
    body = json.dumps({"seq": 1, "type": "event", "event": "heapsight/hello", "body": hello}).encode("ascii")
    link = socket.create_connection((host, int(port)))
    link.sendall("Content-Length: {}\r\n\r\n".format(len(body)).encode("ascii") + body)  # noqa: UP032
    link.close()


def _load_package():
    """Make `heapsight` importable from the folder above, and leave `sys.path` as it would be without us."""
    if not sys.flags.safe_path:
        del sys.path[0]
    from importlib.util import module_from_spec, spec_from_file_location

    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    spec = spec_from_file_location(
        "heapsight", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    package = module_from_spec(spec)
    sys.modules["heapsight"] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    if not _is_supported():
        _say_unsupported(sys.argv[1], os.environ.get(TOKEN_VARIABLE, ""))
        sys.exit(1)
    already_loaded = frozenset(sys.modules)
    _load_package()
    from heapsight.debuggee.running import run_launched

    run_launched(sys.argv[1], os.environ.pop(TOKEN_VARIABLE, ""), sys.argv[3:], already_loaded)
