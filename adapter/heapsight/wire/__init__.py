"""What crosses a process boundary: framing, message types, the debuggee handshake. Standard library only."""
