"""Two sources of execution events behind one interface: `sys.settrace` and `sys.monitoring`."""
