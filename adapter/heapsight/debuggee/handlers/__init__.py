"""DAP requests answered inside the program, one module per topic."""
