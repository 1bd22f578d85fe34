"""How the programs measure themselves."""

import json
import sys
from pathlib import Path
from time import process_time

REPETITIONS = 5


def report(work, clock=process_time):
    """Write the seconds that each of several calls took to the file named on the command line.

    By default processor time, in which the work of a debugger inside the process counts, and other processes do not.
    """
    seconds = []
    for _ in range(REPETITIONS):
        begin = clock()
        work()
        seconds.append(clock() - begin)
    Path(sys.argv[1]).write_text(json.dumps(seconds))
