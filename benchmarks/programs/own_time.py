"""How the programs measure themselves."""

import json
import sys
from pathlib import Path
from time import perf_counter

REPETITIONS = 5


def report(work):
    """Write the seconds that each of several calls took to the file named on the command line."""
    seconds = []
    for _ in range(REPETITIONS):
        begin = perf_counter()
        work()
        seconds.append(perf_counter() - begin)
    Path(sys.argv[1]).write_text(json.dumps(seconds))
