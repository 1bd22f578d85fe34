"""What `heapsight why` makes of its words, before anything is run."""

from pathlib import Path

import pytest

from heapsight.commands import why


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("shop.py", "main.py", "data.csv", "package/__main__.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("after", "configuration", "args"),
    [
        ([], {"program": "shop.py"}, []),
        (["--fast", "x"], {"program": "shop.py"}, ["--fast", "x"]),
        (["data.csv"], {"program": "shop.py"}, ["data.csv"]),
        (["main.py", "a", "--b"], {"program": "main.py"}, ["a", "--b"]),
        (["package", "a"], {"program": "package"}, ["a"]),
        (["-m", "package.run", "-m", "--x"], {"module": "package.run"}, ["-m", "--x"]),
    ],
)
def test_program(folder: Path, after: list[str], configuration: dict[str, str], args: list[str]) -> None:
    program = why._program(folder / "shop.py", after, None)
    found = {name: value.removeprefix(f"{folder}/") for name, value in program.configuration.items()}
    assert (found, list(program.args)) == (configuration, args)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["shop.py", "cart"], "'shop.py' is not FILE:LINE."),
        (["shop.py:x", "cart"], "'shop.py:x' is not FILE:LINE."),
        (["shop.py:0", "cart"], "'shop.py:0' is not FILE:LINE."),
        (["shop.py:-1", "cart"], "'shop.py:-1' is not FILE:LINE."),
        (["missing.py:1", "cart"], "There is no file 'missing.py'."),
        (["shop.py:1", "cart", "--", "missing.py"], "There is no program 'missing.py'."),
        (["shop.py:1", "cart", "--", "-m"], "-m needs the name of a module."),
    ],
)
def test_wrong_usage_is_said_in_a_line(folder: Path, capsys, words: list[str], message: str) -> None:
    assert why.main(words) == why.ExitCode.WRONG_USAGE
    printed = capsys.readouterr()
    assert printed.err == f"heapsight why: {message}\n"
    assert printed.out == ""


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["shop.py:1"],
        ["shop.py:1", "cart", "extra"],
        ["shop.py:1", "cart", "--depth", "0"],
        ["shop.py:1", "cart", "--seconds", "nan"],
        ["shop.py:1", "cart", "--seconds", "soon"],
        ["shop.py:1", "cart", "--dep", "3"],
    ],
)
def test_unknown_words_are_refused(folder: Path, capsys, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        why.main(words)
    assert ended.value.code == why.ExitCode.WRONG_USAGE
    assert "usage: heapsight why" in capsys.readouterr().err


def test_help_tells_the_exit_codes(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        why.main(["--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.partition("exit codes:\n")[2].splitlines()[:5]] == [
        str(code.value) for code in why.ExitCode
    ]
