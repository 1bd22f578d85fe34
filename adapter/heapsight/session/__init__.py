"""The adapter process: life cycle of one debug session, and the link to the program."""
