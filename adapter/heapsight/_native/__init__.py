"""What costs too much in Python, in C: `tracing`, `heap`, `graph`, `rows`. Each is optional, with a twin in Python."""
