"""Steps and jumps: how a stopped thread goes on, and where it stops next."""
