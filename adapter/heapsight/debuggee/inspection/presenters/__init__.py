"""How values of well-known libraries are shown; none of the libraries is imported here."""
