"""Stands in for the agent: takes the place of the interpreter, `python: [python, this file, MODE]`.

It is called as `proto_fake_agent.py MODE [-X …] bootstrap.py HOST:PORT -- PROGRAM ARGS…`. Requests are answered with
what MODE says; every request it gets is written to the file PROGRAM as a line of JSON.
"""

import json
import os
import signal
import socket
import sys

MODE = sys.argv[1]
split = sys.argv.index("--")
address, program = sys.argv[split - 1], sys.argv[split + 1]
host, _, port = address.rpartition(":")
sock = socket.create_connection((host, int(port)))
stream = sock.makefile("rwb")
count = 0


def send(message):
    global count
    count += 1
    body = json.dumps({"seq": count, **message}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    stream.flush()


def event(name, **body):
    send({"type": "event", "event": name, "body": body})


def read():
    length = None
    while line := stream.readline().strip():
        length = int(line.partition(b":")[2])
    if length is None:
        sys.exit(0)
    message = json.loads(stream.read(length))
    with open(program, "a") as log:
        print(json.dumps(message), file=log)
    return message


def answer(request, **body):
    response = {"type": "response", "request_seq": request["seq"], "command": request["command"], "success": True}
    send({**response, "body": body} if body else response)


def refuse(request, text):
    head = {"type": "response", "request_seq": request["seq"], "command": request["command"]}
    send({**head, "success": False, "message": text, "body": {"error": {"id": 1, "format": text}}})


token = os.environ["HEAPSIGHT_TOKEN"]
if MODE == "wrong-token":
    event("heapsight/hello", token="0" * len(token), pid=os.getpid(), pythonVersion="3.12.1", executable="fake")
    assert stream.read(1) == b"", "the adapter has to hang up"
    sock = socket.create_connection((host, int(port)))
    stream = sock.makefile("rwb")
if MODE == "die-before-hello":
    print("something is wrong here", file=sys.stderr)
    sys.exit(3)
if MODE == "silent":
    signal.pause()
version = "3.9.18" if MODE == "too-old" else "3.12.1"
event("heapsight/hello", token=token, pid=os.getpid(), pythonVersion=version, executable="/opt/fake/python")
if MODE == "early-event":
    event("output", category="console", output="early\n")

while True:
    request = read()
    command = request["command"]
    if MODE == "refuse-launch" and command == "launch":
        refuse(request, "no, thank you")
    elif MODE == "die-in-launch" and command == "launch":
        sys.exit(4)
    elif command == "evaluate":
        expression = request["arguments"]["expression"]
        if expression == "never answer":
            continue
        if expression == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if expression == "exit":
            event("heapsight/exiting", exitCode=7)
            sys.exit(7)
        if expression == "garbage":
            stream.write(b"this is not DAP\r\n\r\n")
            stream.flush()
            continue
        answer(request, result=expression.upper(), variablesReference=0)
    elif command == "threads":
        answer(request, threads=[{"id": 1, "name": "MainThread"}])
    elif command == "pause":
        answer(request)
        event("stopped", reason="pause", threadId=1, allThreadsStopped=True)
    elif command in ("initialize", "launch", "attach", "configurationDone", "cancel", "terminate", "disconnect"):
        answer(request)
    else:
        refuse(request, "the fake agent does not do that")
    if command == "configurationDone" and MODE == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        event("output", category="console", output="stubborn\n")
