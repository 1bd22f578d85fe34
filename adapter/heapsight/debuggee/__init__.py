"""The agent inside the user's program. Nothing outside this package may import it."""
