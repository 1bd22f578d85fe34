"""Build extension modules of pyproject.toml in place, quickly, for work on them: `python scripts/native.py heap graph`.

pip builds the same from the same list. Here nothing is isolated or copied, and only what is named is built. With
`--sanitize` come AddressSanitizer and UndefinedBehaviorSanitizer: run Python with
LD_PRELOAD=$(cc -print-file-name=libasan.so) then.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-missing-field-initializers", "-Wno-cast-function-type"]
FLAGS = ["-shared", "-fPIC", "-O2", "-g", *WARNINGS]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-O1"]


def build(module: dict[str, object], extra: list[str]) -> None:
    """Compile one entry of `tool.setuptools.ext-modules`. Raises CalledProcessError where the compiler refuses."""
    *package, name = str(module["name"]).split(".")
    target = ROOT.joinpath("adapter", *package, f"{name}.abi3.so")
    new = target.with_suffix(".new")
    macros = [f"-D{key}={value}" for key, value in module.get("define-macros", [])]  # type: ignore[attr-defined]
    include = f"-I{sysconfig.get_paths()['include']}"
    sources = [str(ROOT / source) for source in module["sources"]]  # type: ignore[attr-defined]
    links = ["-undefined", "dynamic_lookup"] if sys.platform == "darwin" else []
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    subprocess.run([compiler, *FLAGS, *extra, *macros, include, *sources, *links, "-o", str(new)], check=True)
    new.replace(target)  # at once: a program that has the old one loaded keeps it
    print(target.relative_to(ROOT))


def main() -> int:
    """Build the modules named, else all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="tracing, heap, graph, rows; default: all")
    parser.add_argument("--sanitize", action="store_true", help="with AddressSanitizer and UndefinedBehaviorSanitizer")
    options = parser.parse_args()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    modules = {module["name"].rpartition(".")[2]: module for module in project["tool"]["setuptools"]["ext-modules"]}
    unknown = [name for name in options.names if name not in modules]
    if unknown:
        parser.error(f"there is no module {unknown[0]}; there are: {', '.join(modules)}")
    for name in options.names or modules:
        build(modules[name], SANITIZERS if options.sanitize else [])
    return 0


if __name__ == "__main__":
    sys.exit(main())
