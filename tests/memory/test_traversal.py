"""What an object's traversal comes to, asked for safely."""

import gc
import subprocess
import sys
import types
from pathlib import Path

import heapsight
from heapsight.debuggee.traversal import referents
from support.markers import PROGRAMS


def test_objects_refer_to_what_the_collector_says():
    first, second = [object()], {"key": [1]}
    assert list(map(id, referents([first, second]))) == list(map(id, gc.get_referents(first, second)))


def test_a_module_refers_to_its_namespace():
    class Lazy(types.ModuleType):
        pass

    for module in (types.ModuleType("plain"), Lazy("lazy")):
        inside = []
        found = referents([[inside], module])
        assert any(one is inside for one in found)
        assert any(one is vars(module) for one in found)


def test_the_free_list_of_asyncio_is_left_alone():
    # Where it was not, the walk had no end, and took all memory there was: hence a process of its own.
    program = PROGRAMS / "mem_waited_for_futures.py"
    environment = {"PYTHONPATH": str(Path(heapsight.__file__).parents[1])}
    done = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "one namespace\nfunctions\ncollected\n", "")
