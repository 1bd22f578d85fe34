"""Listens for a client, and meets breakpoint() twice: `proto_listen.py PORT_FILE`."""

import sys

import heapsight

host, port = heapsight.listen(("127.0.0.1", 0))
with open(sys.argv[1] + ".tmp", "w") as file:
    file.write(f"{host} {port}")
import os

os.replace(sys.argv[1] + ".tmp", sys.argv[1])
heapsight.wait_for_client()
assert heapsight.is_client_connected()
answer = 42
heapsight.breakpoint()
print("between")  # @after_ours
breakpoint()
print("end", answer)  # @after_builtin
