"""Analysis of snapshot files (docs/snapshot-format.md): `load` a file, make a `Graph` of it, ask questions.

It happens in a process of its own: nothing here needs the program that the snapshot is of. Nothing trusts the file,
either: wrong contents are a `SnapshotError`.
"""
