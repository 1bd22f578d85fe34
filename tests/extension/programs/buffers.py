"""Waits at a marker with bytes that can be read and written."""

data = bytearray(b"heapsight" * 300)
fixed = b"constant"
print(data[:4], fixed)  # @begun
print(data[:4])  # @written
