"""Leaves dead future iterators in the free list of `_asyncio`, then asks what that module refers to."""

import _asyncio
import asyncio
import gc

from heapsight.debuggee.engine.breakpoints.module_functions import all_namespaces, code_of_functions_in
from heapsight.debuggee.traversal import referents

LIMIT = 2**31


async def wait_for(future):
    await future


async def main():
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(5)]
    tasks = [asyncio.create_task(wait_for(future)) for future in futures]
    await asyncio.sleep(0)
    for future in futures:
        future.set_result(None)
    await asyncio.gather(*tasks)


asyncio.run(main())
try:
    import resource
except ModuleNotFoundError:
    pass  # Windows has no such bound
else:
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
for _ in range(3):
    found = referents([_asyncio])
assert len(found) == 1 and found[0] is vars(_asyncio)
print("one namespace")
assert wait_for.__code__ in code_of_functions_in(all_namespaces())
print("functions")
gc.collect()
print("collected")
