"""What a worker thread keeps in a `threading.local`, for as long as the thread lives."""

import threading


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


STATE = threading.local()  # @holds
filled, leave = threading.Event(), threading.Event()


def work():
    STATE.orders = [Order(number) for number in range(2000)]
    filled.set()
    leave.wait()


threading.Thread(target=work, daemon=True, name="worker").start()
filled.wait()
