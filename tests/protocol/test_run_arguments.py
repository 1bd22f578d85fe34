"""debugpy's command line, read."""

import pytest

from heapsight.commands.run import UsageError, parse


def test_a_port_alone_is_on_loopback():
    options = parse(["--listen", "5678", "a.py", "--listen", "x"])
    assert (options.mode, options.address) == ("listen", ("127.0.0.1", 5678))
    assert options.target == ["a.py", "--listen", "x"]


def test_everything():
    words = (
        "--connect [::1]:80 --wait-for-client --configure-subProcess False --configure-qt auto --log-to /tmp"
        " --log-to-stderr --disable-sys-remote-exec --parent-session-pid 3 --linux-attach-prefer-lldb"
        " --adapter-access-token t -m shop -c x"
    )
    options = parse(words.split())
    assert (options.mode, options.address, options.wait_for_client) == ("connect", ("::1", 80), True)
    assert options.configuration == {"subProcess": False, "qt": "auto"}
    assert (options.log_to, options.access_token) == ("/tmp", "t")
    assert options.target == ["-m", "shop", "-c", "x"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["a.py"], "either --listen or --connect is needed"),
        (["--listen", "1", "--connect", "2", "a.py"], "exclude each other"),
        (["--listen", "1", "--listen", "2", "a.py"], "exclude each other"),
        (["--listen"], "--listen needs a value"),
        (["--listen", "1"], "there is no program to run"),
        (["--listen", "1", "-m"], "-m needs a value"),
        (["--listen", "x:y", "a.py"], "'x:y' is not an address"),
        (["--listen", "99999", "a.py"], "'99999' is not an address"),
        (["--listen", "1", "--pid", "three"], "--pid needs the number of a process"),
        (["--listen", "1", "--pid", "3", "more"], "--pid needs the number of a process"),
        (["--listen", "1", "--frobnicate", "a.py"], "there is no option '--frobnicate'"),
    ],
)
def test_what_is_wrong_is_said(words, reason):
    with pytest.raises(UsageError, match=reason):
        parse(words)
