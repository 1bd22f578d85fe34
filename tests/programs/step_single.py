"""A thread that counts while the main one goes through some lines."""

import threading

counted = 0
enough = False
started = threading.Event()


def counts():
    global counted
    while not enough:
        counted += 1
        started.set()


def main():
    global enough
    counter = threading.Thread(target=counts, name="counter")
    counter.start()
    started.wait()
    first = 1  # @single_first
    second = first + 1
    third = second + 1  # @single_third
    enough = True
    counter.join()
    return third


if __name__ == "__main__":
    main()
