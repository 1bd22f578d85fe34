"""The thread that ends evaluations at their deadlines: in time, and without being woken for each of them."""

import threading

import pytest

from heapsight.debuggee.interrupts import EvaluationInterrupted, Watchdog

HOUR = 3600.0


class Wake:
    """The lock that the thread sleeps on; counts how often it is woken."""

    def __init__(self):
        self._lock = threading.Lock()
        self._lock.acquire()
        self.asleep = threading.Semaphore(0)
        self.woken = 0

    def acquire(self, timeout):
        self.asleep.release()
        self._lock.acquire(timeout=timeout)

    def release(self):
        self.woken += 1
        self._lock.release()

    def locked(self):
        return self._lock.locked()


@pytest.fixture
def watchdog():
    watchdog = Watchdog(lambda: None)
    watchdog._wake = Wake()
    yield watchdog
    watchdog.close()


def test_evaluations_that_end_before_their_deadline_do_not_wake_the_thread_each_time(watchdog):
    for _ in range(50):
        with watchdog.watch(HOUR):
            pass
    watchdog._wake.asleep.acquire()
    assert watchdog._wake.woken == 0


def test_the_thread_is_woken_for_a_deadline_that_is_nearer_than_what_it_sleeps_for(watchdog):
    with watchdog.watch(HOUR):
        pass
    watchdog._wake.asleep.acquire()
    for _ in range(3):
        with watchdog.watch(HOUR / 2):
            pass
    watchdog._wake.asleep.acquire()
    assert watchdog._wake.woken == 1


def test_an_evaluation_is_ended_while_the_thread_sleeps_for_one_that_is_over(watchdog):
    with watchdog.watch(HOUR):
        pass
    watchdog._wake.asleep.acquire()
    with pytest.raises(EvaluationInterrupted), watchdog.watch(0.01):
        while True:
            pass


def test_without_a_deadline_the_thread_is_not_begun(watchdog):
    with watchdog.watch(None):
        pass
    assert not watchdog._started
