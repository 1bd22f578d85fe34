"""What costs too much in Python, in C: `tracing`, `heap` and `graph`. Each is optional, and has a twin in Python."""
