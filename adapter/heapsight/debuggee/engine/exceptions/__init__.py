"""Which exceptions stop the program, where, and what the program will do with them."""
