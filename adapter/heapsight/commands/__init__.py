"""Terminal commands, one module each."""
