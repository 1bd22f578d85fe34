"""Reading and writing the bytes behind a value, and finding where it was defined."""

from __future__ import annotations

from ..arguments import Arguments, integer, optional_integer, text
from ..errors import RequestError
from ..program import Body, Program


def read_memory(program: Program, arguments: Arguments) -> Body:
    """`readMemory` of a value that has a buffer."""
    import binascii

    offset = optional_integer(arguments, "offset") or 0
    found = program.inspector.read_memory(text(arguments, "memoryReference"), offset, integer(arguments, "count"))
    data = binascii.b2a_base64(found.data, newline=False).decode()
    body: dict[str, object] = {"address": f"{max(found.address, 0):#x}", "data": data}
    if found.missing:
        body["unreadableBytes"] = found.missing
    return body


def write_memory(program: Program, arguments: Arguments) -> Body:
    """`writeMemory` into a value that has a writable buffer; what shows it is told."""
    import binascii

    reference = text(arguments, "memoryReference")
    offset = optional_integer(arguments, "offset") or 0
    partial = arguments.get("allowPartial") is True
    try:
        data = binascii.a2b_base64(text(arguments, "data"), strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(f"'data' is not base64: {error}.") from None
    written = program.inspector.write_memory(reference, offset, data, partial=partial)
    if program.options.client.memory_events:
        program.send_event("memory", {"memoryReference": reference, "offset": offset, "count": written})
    if program.options.client.invalidated_events:
        program.send_event("invalidated", {"areas": ["variables"]})
    return {"offset": offset, "bytesWritten": written}


def locations(program: Program, arguments: Arguments) -> Body:
    """`locations`: the definition of a value."""
    return program.inspector.location(integer(arguments, "locationReference"))


def memory_may_have_changed(program: Program) -> None:
    """Tell the client that what it shows of open memory may be different now."""
    if not program.options.client.memory_events:
        return
    for reference, size in program.inspector.opened_memory():
        program.send_event("memory", {"memoryReference": reference, "offset": 0, "count": size})
