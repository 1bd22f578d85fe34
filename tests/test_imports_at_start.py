"""What an adapter imports before it answers, and the agent before the program runs: an editor waits for both."""

import json
import subprocess
import sys

import pytest

from heapsight.client import PACKAGE

# Each of these takes a twentieth of the start, or more; none is needed for one.
NOT_BY_THE_ADAPTER = {"ssl", "argparse", "dataclasses", "hmac", "secrets", "urllib.parse", "shutil", "tempfile"}
NOT_BY_THE_AGENT = {
    "dataclasses",
    "socket",
    "asyncio",
    "heapsight.wire.memory_requests",
    "heapsight.debuggee.inspection.assertions",
    "heapsight.debuggee.inspection.evaluation.completions",
}
_SAY = "import json; print(json.dumps(sorted(sys.modules)))"


def modules_after(code):
    """Return the modules of a new interpreter that has run `code`."""
    begin = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})"
    text = "\n".join([begin, code, _SAY])
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_adapter_imports_little():
    code = """\
import os, subprocess
os.close(0); os.open(os.devnull, os.O_RDONLY)
standard_output = os.dup(1)
from heapsight.commands import adapter
assert adapter.main([]) == 0
os.dup2(standard_output, 1)
sys.stdout = open(1, 'w')
"""
    found = modules_after(code)
    needed = modules_after("sys.modules['ssl'] = None; import asyncio, pathlib; del sys.modules['ssl']")
    assert "asyncio" in needed & found
    assert (found - needed) & NOT_BY_THE_ADAPTER == set()


def test_what_was_kept_from_asyncio_can_be_imported():
    pytest.importorskip("ssl")
    code = "from heapsight.commands import adapter; adapter._import_asyncio(); import ssl; ssl.SSLContext"
    assert "ssl" in modules_after(code)


def test_the_agent_imports_little():
    found = modules_after("from heapsight.debuggee import running")
    assert "heapsight.debuggee.agent" in found
    assert found & NOT_BY_THE_AGENT == set()
