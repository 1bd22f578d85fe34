import threading

import os.path

before = 1  # @before
import colorsys  # @importing

after = colorsys.ONE_THIRD  # @after

import sys

del sys.modules["colorsys"]
gone = 1  # @gone


def work(started, done):
    try:
        started.set()
        while not done.is_set():
            pass  # @spinning
    finally:
        print("left")


started, done = threading.Event(), threading.Event()
worker = threading.Thread(target=work, args=(started, done), name="worker")
worker.start()
started.wait()
print("working", flush=True)  # @working
worker.join()
print("joined")
