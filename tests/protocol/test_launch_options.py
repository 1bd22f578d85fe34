"""Reading configurations: what is right, and what each wrong one is told."""

import pytest

from heapsight.wire.configuration import BadConfiguration
from heapsight.wire.launch_options import (
    Address,
    Console,
    ProgramKind,
    read_attach,
    read_launch,
)
from heapsight.wire.old_options import in_todays_words


def launch(**configuration):
    return read_launch({"program": "a.py", **configuration})


def test_defaults():
    options = launch()
    assert (options.kind, options.program) == (ProgramKind.PROGRAM, "a.py")
    assert (options.args, options.python, options.python_args) == ((), None, ())
    assert (options.cwd, options.env, options.env_file) == (None, {}, None)
    assert options.console is Console.INTERNAL


def test_everything():
    options = read_launch(
        {
            "module": "shop.server",
            "args": ["--port", "1"],
            "python": ["python3", "-W", "error"],
            "pythonArgs": ["-X", "dev"],
            "cwd": "/tmp",
            "env": {"A": "1", "B": None},
            "envFile": ".env",
            "console": "externalTerminal",
            "consoleTitle": "Shop",
        }
    )
    assert (options.kind, options.program, options.args) == (ProgramKind.MODULE, "shop.server", ("--port", "1"))
    assert (options.python, options.python_args) == (("python3", "-W", "error"), ("-X", "dev"))
    assert (options.cwd, options.env, options.env_file) == ("/tmp", {"A": "1", "B": None}, ".env")
    assert (options.console, options.console_title) == (Console.EXTERNAL, "Shop")


def test_code_may_be_a_list_of_lines():
    assert read_launch({"code": ["import os", "print(os)"]}).program == "import os\nprint(os)"


def test_the_old_name_of_the_interpreter_works():
    assert launch(pythonPath="/usr/bin/python3").python == ("/usr/bin/python3",)
    assert launch(python="a", pythonPath="b").python == ("a",)


def test_arguments_for_a_shell_stay_one_string():
    assert launch(args="*.txt 'a b'").args == "*.txt 'a b'"


def test_unknown_properties_are_left_alone():
    launch(name="x", type="y", __sessionId=1, presentation={"group": "z"}, django=True)


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({}, "One of 'program', 'module' and 'code' has to be set."),
        ({"program": "a.py", "module": "b"}, "'program' and 'module' exclude each other"),
        ({"program": "a", "module": "b", "code": "c"}, "'program' and 'module' and 'code' exclude each other"),
        ({"program": 1}, "'program' has to be a string, not 1."),
        ({"program": ""}, "'program' is empty."),
        ({"program": "a\0b"}, "'program' contains a NUL character."),
        ({"module": ["a"]}, "'module' has to be a string, not a list."),
        ({"code": {}}, "'code' has to be a string or a list of lines, not an object."),
        ({"code": ["a", 1]}, "'code[1]' has to be a string, not 1."),
        ({"program": "a", "args": 5}, "'args' has to be a list of strings or a string, not 5."),
        ({"program": "a", "args": ["a", 1]}, "'args[1]' has to be a string, not 1."),
        ({"program": "a", "args": ["\0"]}, "'args[0]' contains a NUL character."),
        ({"program": "a", "python": ""}, "'python' is empty."),
        ({"program": "a", "python": []}, "'python' is empty."),
        ({"program": "a", "python": 3}, "'python' has to be a string or a list of strings, not 3."),
        ({"program": "a", "pythonArgs": "-v"}, "'pythonArgs' has to be a list of strings, not '-v'."),
        ({"program": "a", "cwd": 1}, "'cwd' has to be a string, not 1."),
        ({"program": "a", "env": []}, "'env' has to be an object of strings, not a list."),
        ({"program": "a", "env": {"PORT": 80}}, "'env.PORT' has to be a string or null, not 80."),
        ({"program": "a", "env": {"A=B": "1"}}, "'env' has a variable with the impossible name 'A=B'."),
        ({"program": "a", "envFile": True}, "'envFile' has to be a string, not true."),
        ({"program": "a", "console": "tty"}, "'console' has to be 'internalConsole', 'integratedTerminal' or"),
        ({"program": "a", "console": []}, "not a list."),
        ({"program": "a", "stopOnEntry": "yes"}, "'stopOnEntry' has to be true or false, not 'yes'."),
        ({"program": "a", "justMyCode": 0}, "'justMyCode' has to be true or false, not 0."),
        ({"program": "a", "redirectOutput": "no"}, "'redirectOutput' has to be true or false"),
        ({"program": "a", "engine": "gdb"}, "'engine' has to be 'settrace', 'settrace-python', 'frame-evaluation' or "),
        ({"program": "a", "memory": True}, "'memory' has to be an object, not true."),
        ({"program": "a", "memory": {"hover": 1}}, "'memory.hover' has to be true or false, not 1."),
        ({"program": "a", "startTimeout": 0}, "'startTimeout' has to be a positive number of seconds, not 0."),
        ({"program": "a", "sudo": True}, "'sudo' asks for a password"),
        ({"program": "a", "sudo": "yes"}, "'sudo' has to be true or false"),
        ({"program": "a", "args": ["x" * 200, 1]}, "'args[1]'"),
        ({"program": "a", "onTerminate": 2}, "'onTerminate' has to be a string, not 2."),
        ({"program": "a", "variablePresentation": "hide"}, "'variablePresentation' has to be an object, not 'hide'."),
        (
            {"program": "a", "variablePresentation": {"class": "away"}},
            "'variablePresentation.class' has to be 'group', 'inline' or 'hide', not 'away'.",
        ),
    ],
)
def test_wrong_launch_configurations(configuration, reason):
    with pytest.raises(BadConfiguration) as caught:
        read_launch(configuration)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("configuration", "connect", "listen"),
    [
        ({"connect": {"host": "h", "port": 1}}, Address("h", 1), None),
        ({"connect": {"port": "5679"}}, Address("127.0.0.1", 5679), None),
        ({"connect": {}}, Address("127.0.0.1", 5678), None),
        ({"host": "h", "port": 2}, Address("h", 2), None),
        ({"listen": {"host": "::1", "port": 3}}, None, Address("::1", 3)),
        ({}, None, None),
    ],
)
def test_attach_configurations(configuration, connect, listen):
    options = read_attach(configuration)
    assert (options.connect, options.listen) == (connect, listen)


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({"connect": {"port": 1}, "listen": {"port": 1}}, "'connect' and 'listen' exclude each other."),
        ({"connect": "localhost:1"}, "'connect' has to be an object with 'host' and 'port', not 'localhost:1'."),
        ({"connect": {"port": 0}}, "'connect.port' has to be a port number (1 to 65535), not 0."),
        ({"connect": {"port": "http"}}, "'connect.port' has to be a port number (1 to 65535), not 'http'."),
        ({"listen": {"port": 70000}}, "'listen.port' has to be a port number (1 to 65535), not 70000."),
        ({"connect": {"host": 1, "port": 1}}, "'connect.host' has to be a string, not 1."),
        ({"processId": "twelve"}, "'processId' has to be the number of a process, not 'twelve'"),
        ({"processId": 12, "connect": {"port": 1}}, "'processId' excludes 'connect' and 'listen'"),
        ({"subProcessId": -1}, "'subProcessId' has to be the number of a process, not -1"),
        ({"port": True}, "'port' has to be a port number"),
    ],
)
def test_wrong_attach_configurations(configuration, reason):
    with pytest.raises(BadConfiguration) as caught:
        read_attach(configuration)
    assert reason in str(caught.value)


def test_an_address_as_text():
    assert str(Address("localhost", 1)) == "localhost:1"
    assert str(Address("::1", 1)) == "[::1]:1"


def test_older_names_mean_what_today_s_do():
    flags = ["RedirectOutput", "Django", "DebugStdLib", "StopOnEntry", "UnixClient", "Multiprocess"]
    found = in_todays_words({"program": "a.py", "debugOptions": flags, "stopOnEntry": True})
    assert found["redirectOutput"] is found["django"] is found["stopOnEntry"] is found["subProcess"] is True
    assert found["justMyCode"] is False
    assert in_todays_words({"debugStdLib": True}) == {"debugStdLib": True, "justMyCode": False}
    assert in_todays_words({"debugStdLib": True, "justMyCode": True})["justMyCode"] is True
    assert in_todays_words({"debugOptions": ["Flask"], "jinja": True})["jinja"] is True
    assert in_todays_words({"program": "a.py"}) == {"program": "a.py"}


def test_flags_that_contradict_a_property_are_refused():
    with pytest.raises(BadConfiguration, match="'justMyCode' and the flag 'DebugStdLib' of 'debugOptions' contradict"):
        in_todays_words({"justMyCode": True, "debugOptions": ["DebugStdLib"]})
    with pytest.raises(BadConfiguration, match="'debugOptions' has to be a list of strings"):
        in_todays_words({"debugOptions": "Django"})
