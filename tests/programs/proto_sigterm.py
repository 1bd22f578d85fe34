"""Cleans up when it is asked to end."""

import signal
import sys
import time


def clean_up(number, frame):
    print("cleaned up", flush=True)
    sys.exit(5)


signal.signal(signal.SIGTERM, clean_up)
print("ready", flush=True)  # @ready
while True:
    time.sleep(0.01)
