"""The command line of a launched program, and the checks that can be made before it is run."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ..wire.configuration import BadConfiguration
from ..wire.launch_options import Address, LaunchOptions, ProgramKind
from ..wire.records import record

_BOOTSTRAP = Path(__file__).absolute().parent.parent / "debuggee" / "bootstrap.py"


@record
class CommandLine:
    """`words` to run; `shell_text` is what a shell has to split and expand behind them."""

    words: tuple[str, ...]
    cwd: Path
    shell_text: str | None = None

    def as_shell_words(self) -> list[str]:
        """Return a command that runs it without a terminal, through a shell where `shell_text` wants one."""
        if self.shell_text is None:
            return list(self.words)
        if os.name == "nt":
            return ["cmd", "/d", "/s", "/c", f"{subprocess.list2cmdline(self.words)} {self.shell_text}"]
        # `exec`: the process that the adapter waits for and signals is the program, not the shell.
        return ["/bin/sh", "-c", f"exec {shlex.join(self.words)} {self.shell_text}"]

    def as_terminal_words(self, shell_splits: bool) -> list[str]:
        """Return the `args` of runInTerminal; `shell_splits` when the client's shell interprets them."""
        if self.shell_text is None:
            return list(self.words)
        if shell_splits:
            quote = shlex.quote if os.name != "nt" else lambda word: subprocess.list2cmdline([word])
            return [*map(quote, self.words), self.shell_text]
        try:
            return [*self.words, *shlex.split(self.shell_text, posix=os.name != "nt")]
        except ValueError as error:
            raise BadConfiguration(f"'args' cannot be split into words: {error}.") from None


def build(options: LaunchOptions, agent_address: Address, search_path: str | None) -> CommandLine:
    """Return how to start the program so that it reports to `agent_address`.

    `search_path` is the PATH that the interpreter is looked for on. Raises BadConfiguration when the interpreter, the
    program or the folder is missing.
    """
    cwd = working_folder(options)
    python = _interpreter(options.python or (sys.executable,), cwd, search_path)
    frozen = () if any("frozen_modules" in word for word in options.python_args) else ("-X", "frozen_modules=off")
    head = (*python, *frozen, *options.python_args, str(_BOOTSTRAP), str(agent_address), "--", *_target(options, cwd))
    if options.sudo:
        if os.name == "nt":
            raise BadConfiguration("'sudo' is not possible on Windows.")
        # The environment has what the program is told, and how it reports.
        head = ("sudo", "-E", *head)
    if isinstance(options.args, str):
        return CommandLine(head, cwd, options.args if options.args.strip() else None)
    return CommandLine((*head, *options.args), cwd)


def working_folder(options: LaunchOptions) -> Path:
    """Return the folder to run in: `cwd`, else the program's own where it is given with one, else the adapter's."""
    if options.cwd is not None:
        cwd = Path(options.cwd).expanduser().absolute()
        if not cwd.is_dir():
            raise BadConfiguration(f"'cwd' {options.cwd!r} is not a folder.")
        return cwd
    if options.kind is ProgramKind.PROGRAM and Path(options.program).parent.is_dir():
        return Path(options.program).parent.absolute()
    return Path.cwd()


def env_file(options: LaunchOptions, cwd: Path) -> Path | None:
    """Return the path of `envFile`, relative to the working folder."""
    return None if options.env_file is None else cwd / Path(options.env_file).expanduser()


def search_path(changes: Mapping[str, str | None], inherited: Mapping[str, str]) -> str | None:
    """Return the PATH that the program will have."""
    return changes["PATH"] if "PATH" in changes else inherited.get("PATH")


def _interpreter(words: tuple[str, ...], cwd: Path, path: str | None) -> tuple[str, ...]:
    name = os.path.expanduser(words[0])  # noqa: PTH111 - a Path would drop the "./" that means "not on the PATH"
    if os.path.dirname(name):  # noqa: PTH120
        candidate = Path(name) if Path(name).is_absolute() else _nearest(name, cwd)
        if not candidate.exists():
            raise BadConfiguration(f"The Python interpreter {words[0]!r} does not exist.")
        if candidate.is_dir() or not os.access(candidate, os.X_OK):
            raise BadConfiguration(f"The Python interpreter {words[0]!r} is not an executable file.")
        return (str(candidate), *words[1:])
    import shutil

    found = shutil.which(name, path=path)
    if found is None:
        raise BadConfiguration(f"The Python interpreter {words[0]!r} is not on the PATH.")
    return (found, *words[1:])


def _nearest(name: str, cwd: Path) -> Path:
    """Return a relative interpreter path as seen from the program's folder, else from the adapter's."""
    return cwd / name if (cwd / name).exists() else Path(name).absolute()


def _target(options: LaunchOptions, cwd: Path) -> tuple[str, ...]:
    if options.kind is ProgramKind.MODULE:
        return ("-m", options.program)
    if options.kind is ProgramKind.CODE:
        return ("-c", options.program)
    program = Path(options.program).expanduser()
    from_cwd, from_here = cwd / program, program.absolute()
    found = from_cwd if from_cwd.exists() or not from_here.exists() else from_here
    if not found.exists():
        raise BadConfiguration(f"The program {options.program!r} does not exist.")
    # As it was given where that means the same: it becomes `sys.argv[0]`.
    return (options.program if found == from_cwd and not options.program.startswith("~") else str(found),)
