"""Stands for the real one, which needs a display: it paints a little at each round of events."""

import threading


class QCoreApplication:
    _instance = None

    def __init__(self):
        QCoreApplication._instance = self
        self.painted = 0
        self.fails_at = None

    @staticmethod
    def instance():
        return QCoreApplication._instance

    def processEvents(self):
        assert threading.current_thread() is threading.main_thread()
        self.painted += 1
        if self.painted == self.fails_at:
            raise ValueError("a slot failed")
        if self.painted in (3, 6):
            print(f"painted {self.painted} times", flush=True)
