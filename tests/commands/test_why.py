"""`heapsight why` as it is typed."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import heapsight
from support.markers import line_of, program_path

PACKAGE = Path(heapsight.__file__).parent
PROGRAM = program_path("why_leak.py")


def command(marker: str, expression: str, *words: str) -> list[str]:
    return [sys.executable, str(PACKAGE), "why", f"{PROGRAM}:{line_of(PROGRAM, marker)}", expression, *words]


def run(words: list[str], **options) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing to read, in the folder of the program."""
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", **options.pop("env", {})}
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    return subprocess.run(words, capture_output=True, encoding="utf-8", env=env, cwd=PROGRAM.parent, **options)


def why(marker: str, expression: str, *words: str, **options) -> subprocess.CompletedProcess[str]:
    return run(command(marker, expression, *words), **options)


def test_the_report() -> None:
    ended = why("placed", "order")
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0] == f"why_leak.py:{line_of(PROGRAM, 'placed')} in place()"
    assert "order = <Order 0 ⟨é⟩>" in lines
    assert "  references         3" in lines
    tree = lines[lines.index("held by") + 1 :]
    assert tree[0].startswith("├─ local order in place() at why_leak.py:")
    assert re.fullmatch(r"├─ closure cell order of handler — function handler \(\d+ B · 1 ref\)( at .*)?", tree[1])
    assert re.fullmatch(r"│  └─ \['handler'\] — dict of 1 item \(\d+ B · 1 ref\)", tree[2])
    assert re.fullmatch(r"│     └─ \[0\] — list of 1 item \(\d+ B · 1 ref\)", tree[3])
    assert re.fullmatch(r"│        └─ global KEPT in __main__( at .*)?", tree[4])
    assert re.fullmatch(r"└─ \.itself — Order object \(\d+ B · 3 refs\)( at .*)? ↺ shown above", tree[5])
    assert len(tree) == 6


def test_the_program_is_heard_on_standard_error_and_ended() -> None:
    ended = why("placed", "number", "--visit", "3")
    assert "number = 2" in ended.stdout
    assert ended.stderr == "placed 0\nplaced 1\n"


def test_json() -> None:
    ended = why("placed", "order", "--json", "--when", "number == 1")
    report = json.loads(ended.stdout)
    assert report["object"]["value"] == "<Order 1 ⟨é⟩>"
    assert report["object"]["references"] == sum(each["count"] for each in report["heldBy"]["referrers"])
    assert [each["kind"] for each in report["heldBy"]["referrers"]] == ["local", "closure", "attribute"]
    assert report["heldBy"]["referrers"][1]["heldBy"]["referrers"][0]["label"] == "['handler']"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--depth", "1"], "├─ closure cell order of handler — function handler (… (--depth)"),
        (["--width", "1"], "└─ … 2 more (--width)"),
        (["--lines", "1"], "(… (--depth)"),
    ],
)
def test_limits(words: list[str], expected: str) -> None:
    text = re.sub(r"\(\d+ B[^)]*\)( at \S+)?", "(", why("placed", "order", *words).stdout).replace("( ", "(")
    assert expected in text


def test_ascii_where_the_terminal_has_no_more() -> None:
    ended = why("placed", "order", env={"PYTHONIOENCODING": "ascii"})
    assert ended.stdout.isascii()
    assert "order = <Order 0 \\u27e8\\xe9\\u27e9>" in ended.stdout
    assert "`- .itself - Order object" in ended.stdout


def test_colours_on_demand() -> None:
    assert "\x1b[" not in why("placed", "order").stdout
    assert "\x1b[1morder\x1b[0m" in why("placed", "order", "--color", "always").stdout


@pytest.mark.parametrize(
    ("words", "number"), [(["why_main.py", "a", "b"], 3), (["-m", "why_main", "a"], 2), (["ignored", "words"], 0)]
)
def test_other_programs_and_arguments(words: list[str], number: int) -> None:
    ended = why("placed", "order.number", "--", *words)
    assert f"order.number = {number}" in ended.stdout, ended.stderr


def test_the_program_can_be_talked_to() -> None:
    ended = why("placed", "number", "--", "ask", input="a line\n")
    assert "number = 0" in ended.stdout
    assert ended.stderr == "asked a line\n"


def test_a_stop_that_the_program_makes_itself_is_passed() -> None:
    assert "number = 0" in why("placed", "number", "--", "break").stdout


def test_a_line_without_code_moves() -> None:
    ended = why("comment", "number")
    comment, placed = line_of(PROGRAM, "comment"), line_of(PROGRAM, "placed")
    assert f"Line {comment} has no code; the next line that has is {placed}." in ended.stdout


def test_a_line_without_code_after_it_is_refused() -> None:
    ended = why("end", "number")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"heapsight why: No stop is possible at {PROGRAM}:{line_of(PROGRAM, 'end')}: ")


@pytest.mark.parametrize(("argument", "code"), [("crash", 7), ("", 0)])
def test_a_line_never_reached(argument: str, code: int) -> None:
    ended = why("never", "number", "--", argument)
    assert ended.returncode == 3
    assert ended.stderr.endswith(f"was never reached: the program ended with exit code {code}.\n")


def test_a_line_not_reached_in_time() -> None:
    ended = why("never", "number", "--seconds", "1", "--", "loop")
    assert ended.returncode == 3
    assert ended.stderr.endswith("was not reached within 1 seconds.\n")


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("nothing_of_the_kind", "NameError: name 'nothing_of_the_kind' is not defined"),
        ("1 +", "SyntaxError: "),
        ("1 / 0", "ZeroDivisionError: "),
    ],
)
def test_an_expression_that_fails(expression: str, error: str) -> None:
    ended = why("placed", expression)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert f"heapsight why: {error}" in ended.stderr


def test_an_interpreter_that_is_none() -> None:
    missing = why("placed", "order", "--python", "/nowhere/python")
    assert missing.returncode == 1
    assert "/nowhere/python" in missing.stderr
    wrong = why("placed", "order", "--python", "/bin/false")
    assert wrong.returncode == 1
    assert wrong.stderr.endswith("The interpreter ended with exit code 1 at once.\n")


def test_a_program_that_does_not_compile(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("x = 1\ndef f(:\n")
    ended = run([sys.executable, str(PACKAGE), "why", f"{path}:1", "x"])
    assert ended.returncode == 2
    assert "broken.py does not compile: invalid syntax" in ended.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals of the terminal are not like this there")
def test_interrupting_ends_both() -> None:
    words = command("never", "number", "--", "loop")
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, text=True
    )
    children = wait_for_child(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 130
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def wait_for_child(pid: int) -> list[int]:
    """Return the children of a process once there are two: the adapter and the program."""
    while True:
        listed = Path(f"/proc/{pid}/task/{pid}/children")
        children = [int(word) for word in listed.read_text().split()] if listed.exists() else []
        if len(children) == 2:
            return children
