"""Primitives saved before user code can replace them (gevent, freezegun and test doubles do).

Only C-implemented primitives: they are never traced, need no other module, and cannot be patched from within.
"""

from __future__ import annotations

import _queue
import _thread
import time

SimpleQueue = _queue.SimpleQueue
Empty = _queue.Empty
allocate_lock = _thread.allocate_lock
get_ident = _thread.get_ident
start_new_thread = _thread.start_new_thread
monotonic = time.monotonic
perf_counter = time.perf_counter
