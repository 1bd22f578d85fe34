"""Waiting for processes."""

import os
import select


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process that is not our child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], 60)[0], f"the process {pid} did not end"
    finally:
        os.close(descriptor)
