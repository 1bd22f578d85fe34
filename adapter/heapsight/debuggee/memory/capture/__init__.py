"""Capturing the whole heap into a file: in a fork, in the process by C code, or by Python alone."""
