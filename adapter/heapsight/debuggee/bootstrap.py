"""Entry of a launched program: `python bootstrap.py HOST:PORT -- (FILE | -m MODULE | -c CODE) ARGS…`.

`python bootstrap.py PLAN snapshots …` runs a program of which snapshots are to be taken, without a debugger.
In place of `--` stands `child` where a debugged program has started it, `forks` where only its own forks are debugged.

Runs as a script by path, so that the program's `sys.path` never has to name this package. Any Python since 2.7 must be
able to compile this file, far enough to tell the adapter that it is too old.
"""

import os
import sys

TOKEN_VARIABLE = "HEAPSIGHT_TOKEN"


def _is_supported():
    return sys.version_info >= (3, 11) and sys.implementation.name == "cpython"


def _refuse(address, token, refusal=""):
    """Tell the adapter which Python this is, and why it is not debugged; it explains the rest to the user."""
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
        "refusal": refusal,
    }
    body = json.dumps({"seq": 1, "type": "event", "event": "heapsight/hello", "body": hello}).encode("ascii")
    link = socket.create_connection((host, int(port)))
    link.sendall("Content-Length: {}\r\n\r\n".format(len(body)).encode("ascii") + body)  # noqa: UP032
    link.close()


def _run_alone(words):
    """Run a child that is too old to be debugged as if there were no debugger."""
    import runpy

    if words[0] == "-m":
        sys.argv, sys.path[0] = words[1:], os.getcwd()
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[0] == "-c":
        sys.argv, sys.path[0] = words[0:1] + words[2:], ""
        exec(compile(words[1], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv, sys.path[0] = words, os.path.dirname(os.path.abspath(words[0]))
        runpy.run_path(words[0], run_name="__main__")


def _load_package():
    """Make `heapsight` importable from the folder above, without naming it on `sys.path`."""
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


def connect_here(address, token):
    """Connect the process that this runs in, in the middle of its life. Whatever fails is told to the adapter alone."""
    try:
        if not _is_supported():
            _refuse(address, token)
            return
        if "heapsight" not in sys.modules:
            _load_package()
        from heapsight.debuggee.public_api import connect_again

        connect_again(address, token)
    except Exception as error:  # noqa: BLE001 - the program must not see it
        _refuse(address, token, "The agent cannot be loaded: {}: {}.".format(type(error).__name__, error))  # noqa: UP032


def snapshot_here(path, label):
    """Write a snapshot of the process that this runs in. What fails is told to whoever brought this here."""
    if "heapsight" not in sys.modules:
        _load_package()
    from heapsight.debuggee.snapshots import snapshot

    snapshot(path, label)


def listen_here(endpoint):
    """Have the process that this runs in listen for clients. Whatever fails is written to its standard error."""
    if "heapsight" not in sys.modules:
        _load_package()
    from heapsight.debuggee.public_api import listen

    listen(endpoint)


if __name__ == "__main__":
    address, mode, token = sys.argv[1], sys.argv[2], os.environ.pop(TOKEN_VARIABLE, "")
    if not _is_supported():
        if mode != "--":
            _run_alone(sys.argv[3:])
            sys.exit(0)
        _refuse(address, token)
        sys.exit(1)
    already_loaded = frozenset(sys.modules)
    if not sys.flags.safe_path:
        # Our own folder: `sys.path` is to be what it would be without us.
        del sys.path[0]
    _load_package()
    if mode == "snapshots":
        from heapsight.debuggee.snapshot_running import run_with_snapshots

        run_with_snapshots(address, sys.argv[3:], already_loaded)
        sys.exit(0)
    from heapsight.debuggee.running import run_child, run_launched

    if mode == "--":
        run_launched(address, token, sys.argv[3:], already_loaded)
    else:
        run_child(address, token, mode, sys.argv[3:], already_loaded)
