"""`env` and `envFile`."""

import subprocess
from pathlib import Path

import pytest

from heapsight.session.environment import additions, apply, parse_env_file
from heapsight.wire.configuration import BadConfiguration


def parse(text, **inherited):
    return parse_env_file(text, inherited, "test.env")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=1", "1"),
        ("  A = 1  ", "1"),
        ("export A=1", "1"),
        ("A=", ""),
        ("A=a b # comment", "a b"),
        ("A=a#b", "a#b"),
        ("A='a # b'", "a # b"),
        ('A="a # b" # comment', "a # b"),
        (r'A="a\nb"', "a\nb"),
        (r"A='a\nb'", r"a\nb"),
        (r'A="say \"hi\""', 'say "hi"'),
        ("A=${HOME}/x", "/home/me/x"),
        ('A="${HOME}/x"', "/home/me/x"),
        ("A='${HOME}/x'", "${HOME}/x"),
        (r'A="\${HOME}"', "${HOME}"),
        ("A=${NOT_THERE}x", "x"),
        ("A=x=y", "x=y"),
        ('A="one\ntwo"', "one\ntwo"),
        ("A=ünï", "ünï"),
    ],
)
def test_one_line(line, value):
    assert parse(line, HOME="/home/me") == {"A": value}


def test_comments_and_empty_lines_are_skipped_and_later_lines_see_earlier_ones():
    assert parse("# first\n\nA=1\r\nB=${A}2\n") == {"A": "1", "B": "12"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A=1\nnonsense\n", "line 2: 'nonsense' is not NAME=value"),
        ('\nA="open\nB=1', "line 2: the quote is not closed"),
    ],
)
def test_what_cannot_be_read_is_named(text, reason):
    with pytest.raises(BadConfiguration, match=reason):
        parse(text)


def test_env_wins_over_the_file_and_null_removes(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("A=file\nB=file\n")
    changes = additions(file, {"A": "env", "GONE": None}, {})
    assert changes == {"A": "env", "B": "file", "GONE": None}
    assert apply(changes, {"GONE": "1", "KEPT": "1"}) == {"A": "env", "B": "file", "KEPT": "1"}


def test_a_missing_file_is_an_error(tmp_path: Path):
    with pytest.raises(BadConfiguration, match=r"'envFile' '.*no\.env' cannot be read: No such file or directory"):
        additions(tmp_path / "no.env", {}, {})


def test_a_binary_file_is_an_error(tmp_path: Path):
    (tmp_path / "x.env").write_bytes(b"A=\xff\xfe")
    with pytest.raises(BadConfiguration, match="it is not UTF-8"):
        additions(tmp_path / "x.env", {}, {})


@pytest.mark.parametrize("line", ["A='a b'", 'A="a b"', "A=ab", "A=''", 'A="x$"', r'A="a\"b"'])
def test_simple_lines_mean_what_they_mean_to_a_shell(line):
    shell = subprocess.run(["/bin/sh", "-c", f'{line}\nprintf %s "$A"'], capture_output=True, text=True, check=True)
    assert parse(line) == {"A": shell.stdout}
