"""The language server: static knowledge of the source, no link to a live program."""
