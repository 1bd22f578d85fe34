"""Runs until it is told to stop; a file named CODE is run as a system debugger has an interpreter run code."""

import os
import sys
import time

folder = sys.argv[1]
print("ready", flush=True)
while not os.path.exists(os.path.join(folder, "stop")):
    rounds = "another one"  # @looping
    time.sleep(0.01)
    if os.path.exists(os.path.join(folder, "code")):
        with open(os.path.join(folder, "code")) as code:
            text = code.read()
        os.remove(os.path.join(folder, "code"))
        exec(text)
print("done", flush=True)
