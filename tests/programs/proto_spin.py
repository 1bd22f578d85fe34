"""Runs until it is told to stop: by a file that appears, or by force."""

import os
import sys
import time


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)  # @spinning
    return True


print("spinning")
wait_for(sys.argv[1])
print("done")  # @done
