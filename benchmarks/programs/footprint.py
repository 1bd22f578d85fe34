"""What a process is made of when its program begins: `modules` or `memory` (resident, in bytes) into a file.

Imports nothing before it has looked, so that what a debugger imports is not hidden behind it.
"""

import sys

modules = len(sys.modules)


def resident():
    try:
        with open("/proc/self/statm") as file:  # noqa: PTH123
            pages = int(file.read().split()[1])
    except OSError:
        import resource

        # The most that there was so far: kilobytes, on macOS bytes.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    import os

    return pages * os.sysconf("SC_PAGE_SIZE")


def cold():
    return "nobody calls this"  # @cold


target, what = sys.argv[1:]
figure = {"modules": lambda: modules, "memory": resident}[what]()
with open(target, "w") as file:  # noqa: PTH123
    file.write(f"[{figure}]")
