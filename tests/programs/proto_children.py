"""Starts a child in the way that the first argument names, and tells how it ended."""

import concurrent.futures
import multiprocessing
import os
import subprocess
import sys

WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "proto_child.py")


def work(number):
    doubled = number * 2  # @working
    return doubled


def leave(code):
    status = work(code)  # @leaving
    sys.exit(status)


def by_subprocess():
    done = subprocess.run([sys.executable, "-s", WORKER, "a b", "ü"], input="typed", capture_output=True, text=True)
    print(done.stdout, done.stderr, done.returncode)


def by_subprocess_module():
    done = subprocess.run([sys.executable, "-m", "proto_child", "x"], cwd=os.path.dirname(WORKER))
    print(done.returncode)


def by_posix_spawn():
    pid = os.posix_spawn(sys.executable, [sys.executable, WORKER, "x"], os.environ)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def by_spawnv():
    print(os.spawnv(os.P_WAIT, sys.executable, [sys.executable, WORKER, "x"]))


def by_fork():
    pid = os.fork()
    if pid == 0:
        leave(3)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def by_fork_and_exit():
    pid = os.fork()
    if pid == 0:
        work(1)
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def by_forkpty():
    pid, terminal = os.forkpty()
    if pid == 0:
        leave(3)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os.close(terminal)


def by_exec():
    os.execv(sys.executable, [sys.executable, WORKER, "x"])


def by_execlp():
    os.execlpe(sys.executable, sys.executable, WORKER, "x", {**os.environ, "MORE": "1"})


def by_multiprocessing(method):
    context = multiprocessing.get_context(method)
    process = context.Process(target=leave, args=(4,))
    process.start()
    process.join()
    print(process.exitcode)


def by_executor():
    with concurrent.futures.ProcessPoolExecutor(1) as executor:
        print(executor.submit(work, 21).result())


if __name__ == "__main__":
    name, *rest = sys.argv[1].split(":")
    globals()[f"by_{name}"](*rest)
    print("parent done")
