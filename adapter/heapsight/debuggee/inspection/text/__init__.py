"""Values as text, within limits."""
