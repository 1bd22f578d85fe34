"""Notes what a capture changes in its own process, in each way. Prints what has changed as JSON.

usage: mem_captured_untouched.py FOLDER [big]
"""

import gc
import json
import sys
import types
import weakref
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from heapsight.debuggee.frame_layout import frame_slots
from heapsight.debuggee.memory.layout import instance_dict_address
from programs import mem_captured
from support.captures import WAYS, take
from support.touchy import CALLS, World


class Inline:
    def __init__(self):
        self.first, self.second = [1], [2]


def state(objects):
    return {
        "counts": [sys.getrefcount(one) for one in objects],
        "tracked": [gc.is_tracked(one) for one in objects],
        "weak": [weakref.getweakrefcount(one) for one in objects],
        "dicts": [instance_dict_address(one) for one in objects],
        "listed": len(gc.get_objects()),
        "modules": list(sys.modules),
        "enabled": gc.isenabled(),
        "collections": [one["collections"] for one in gc.get_stats()],
        "frozen": gc.get_freeze_count(),
    }


def changes(way, path, objects):
    """Return what of the state a capture has changed; of many objects, their types."""
    state(objects)
    before = state(objects)
    before = state(objects)
    take(way, path)
    after = state(objects)
    found = {}
    for name, old in before.items():
        new = after[name]
        if old == new:
            continue
        if name in ("counts", "tracked", "weak", "dicts"):
            pairs = zip(objects, old, new, strict=True)
            ours = (id(objects), id(before), *map(id, before.values()))
            kinds = [type.__repr__(type(one)) for one, was, now in pairs if was != now and id(one) not in ours]
            if kinds:
                found[name] = kinds
        else:
            found[name] = [repr(old)[:200], repr(new)[:200]]
    return found


def locals_copied(way, path):
    """Say whether the capture has made the dict that `f_locals` leaves with a frame of a function."""
    local = [way]
    before = frame_slots(sys._getframe()).namespace
    take(way, path)
    return bool(local and frame_slots(sys._getframe()).namespace != before)


def kept_alive(way, path):
    """Say whether something that the program lets go after a capture lives on."""
    one = Inline()
    told = []
    reference = weakref.ref(one, told.append)
    take(way, path)
    del one
    return reference() is not None or not told


def main():
    much = mem_captured.load_much() if "big" in sys.argv else None
    world, inline = World(), [Inline() for _ in range(100)]
    for way in WAYS:
        take(way, PATHS[way])
    CALLS.clear()
    gc.collect()
    gc.disable()
    objects = [one for one in gc.get_objects() if type(one) is not types.FrameType]
    told = {way: changes(way, PATHS[way], objects) for way in WAYS}
    gc.enable()
    for way in WAYS:
        told[way]["locals copied"] = locals_copied(way, PATHS[way])
        told[way]["kept alive"] = kept_alive(way, PATHS[way])
    calls = list(CALLS)
    print(json.dumps({"changes": told, "calls": calls, "kept": len(inline) + len(world.all) + (much is not None)}))


if __name__ == "__main__":
    PATHS = {way: f"{sys.argv[1]}/{way}.heapsight" for way in WAYS}
    main()
