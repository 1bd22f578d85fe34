import threading

import os.path

before = 1  # @before
import colorsys  # @importing

after = colorsys.ONE_THIRD  # @after

import sys

del sys.modules["colorsys"]
gone = 1  # @gone


def spin(done):
    while not done.is_set():
        pass  # @spinning


def work(started, done):
    # Not around the loop itself: its jump back is outside of the `try` for 3.13, where a raised SystemExit may come.
    try:
        started.set()
        spin(done)
    finally:
        print("left")


started, done = threading.Event(), threading.Event()
worker = threading.Thread(target=work, args=(started, done), name="worker")
worker.start()
started.wait()
print("working", flush=True)  # @working
worker.join()
print("joined")
