"""Runs the cells of a file as notebooks do: each as code of its own, under a name of its own."""

from pathlib import Path

namespace = {}
lines = Path(__file__).with_name("cells.py").read_text().splitlines()
ready = True  # @ready
exec(compile("\n".join(lines[1:3]), "<ipython-input-1-abc>", "exec"), namespace)
exec(compile("\n".join(lines[4:6]), "<ipython-input-2-abc>", "exec"), namespace)
