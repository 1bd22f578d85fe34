"""Checks every message against the official DAP schema.

The schema is the copy that debugpy ships, which is a little older than the protocol: what it lacks is written here.
"""

import json
from functools import cache
from pathlib import Path

import debugpy
import jsonschema
from jsonschema.protocols import Validator

SCHEMA_IN_DEBUGPY = "_vendored/pydevd/_pydevd_bundle/_debug_adapter/debugProtocol.json"
OURS = "heapsight/"
# Requests of debugpy's that are no part of the protocol.
DEBUGPYS = frozenset({"setPydevdSourceMap"})

NEWER_DEFINITIONS = {
    "LocationsRequest": {
        "allOf": [
            {"$ref": "#/definitions/Request"},
            {
                "type": "object",
                "properties": {
                    "command": {"type": "string", "enum": ["locations"]},
                    "arguments": {"$ref": "#/definitions/LocationsArguments"},
                },
                "required": ["command", "arguments"],
            },
        ]
    },
    "LocationsArguments": {
        "type": "object",
        "properties": {"locationReference": {"type": "integer"}},
        "required": ["locationReference"],
    },
    "LocationsResponse": {
        "allOf": [
            {"$ref": "#/definitions/Response"},
            {
                "type": "object",
                "properties": {
                    "body": {
                        "type": "object",
                        "properties": {
                            "source": {"$ref": "#/definitions/Source"},
                            "line": {"type": "integer"},
                            "column": {"type": "integer"},
                            "endLine": {"type": "integer"},
                            "endColumn": {"type": "integer"},
                        },
                        "required": ["source", "line"],
                    }
                },
            },
        ]
    },
    "BreakpointMode": {
        "type": "object",
        "properties": {
            "mode": {"type": "string"},
            "label": {"type": "string"},
            "description": {"type": "string"},
            "appliesTo": {"type": "array", "items": {"$ref": "#/definitions/BreakpointModeApplicability"}},
        },
        "required": ["mode", "label", "appliesTo"],
    },
    "BreakpointModeApplicability": {"type": "string"},
}
LOCATION_REFERENCES = {
    "valueLocationReference": {"type": "integer"},
    "declarationLocationReference": {"type": "integer"},
}
NEWER_PROPERTIES = {
    "Capabilities": {
        "breakpointModes": {"type": "array", "items": {"$ref": "#/definitions/BreakpointMode"}},
        "supportsANSIStyling": {"type": "boolean"},
        "supportsDataBreakpointBytes": {"type": "boolean"},
    },
    "Variable": LOCATION_REFERENCES,
    "EvaluateArguments": {
        "line": {"type": "integer"},
        "column": {"type": "integer"},
        "source": {"$ref": "#/definitions/Source"},
    },
}
NEWER_BODY_PROPERTIES = {
    "EvaluateResponse": LOCATION_REFERENCES,
    "SetVariableResponse": {**LOCATION_REFERENCES, "memoryReference": {"type": "string"}},
    "SetExpressionResponse": {**LOCATION_REFERENCES, "memoryReference": {"type": "string"}},
}


class SchemaViolation(AssertionError):
    """A message that is not as the protocol wants it."""


@cache
def _schema() -> dict:
    schema = json.loads((Path(debugpy.__file__).parent / SCHEMA_IN_DEBUGPY).read_text(encoding="utf-8"))
    schema["definitions"].update({**NEWER_DEFINITIONS, **schema["definitions"]})
    # A configuration is valid as a launch's and as an attach's: with `oneOf`, none would ever be.
    either = schema["definitions"]["RestartArguments"]["properties"]["arguments"]
    either["anyOf"] = either.pop("oneOf")
    for name, properties in NEWER_PROPERTIES.items():
        definition = schema["definitions"][name]
        for key, value in properties.items():
            definition.setdefault("properties", {}).setdefault(key, value)
    for name, properties in NEWER_BODY_PROPERTIES.items():
        for part in schema["definitions"][name]["allOf"]:
            if "body" in part.get("properties", {}):
                part["properties"]["body"]["properties"].update(properties)
    return schema


@cache
def _validator(definition: str) -> Validator:
    """Return the validator of a definition; a property that its own definition does not know is an error too."""
    schema = _schema()
    if definition not in schema["definitions"]:
        raise SchemaViolation(f"The protocol knows no {definition}.")
    return jsonschema.Draft4Validator({"$ref": f"#/definitions/{definition}", "definitions": schema["definitions"]})


@cache
def _definition_of(kind: str, name: str) -> str:
    suffix = {"request": "Request", "response": "Response", "event": "Event"}[kind]
    return name[:1].upper() + name[1:] + suffix


def _known_body_properties(definition: str) -> frozenset[str] | None:
    """Return the properties that a message's body may have; None where that is open."""
    for part in _schema()["definitions"][definition].get("allOf", []):
        body = part.get("properties", {}).get("body")
        if body is None:
            continue
        if "$ref" in body:
            body = _schema()["definitions"][body["$ref"].rpartition("/")[2]]
        if body.get("additionalProperties") or "properties" not in body:
            return None
        return frozenset(body["properties"])
    return frozenset()


def requests_in_schema() -> list[str]:
    """Return the commands of all requests that the protocol knows."""
    found = []
    for name, definition in _schema()["definitions"].items():
        if name.endswith("Request"):
            for part in definition.get("allOf", []):
                found += part.get("properties", {}).get("command", {}).get("enum", [])
    return found


def capabilities_in_schema() -> set[str]:
    """Return the names of all capabilities that the protocol knows."""
    return set(_schema()["definitions"]["Capabilities"]["properties"])


def check(message: dict) -> None:
    """Raise SchemaViolation when `message` is not a valid DAP message. Our own requests have a free body."""
    kind = message.get("type")
    name = message.get("event" if kind == "event" else "command")
    if kind not in ("request", "response", "event") or not isinstance(name, str):
        raise SchemaViolation(f"Not a message: {message}")
    if kind == "response" and message.get("success") is False:
        definition = "ErrorResponse"
    elif name.startswith(OURS) or name in DEBUGPYS:
        definition = kind.capitalize()
    else:
        definition = _definition_of(kind, name)
    problem = next(iter(_validator(definition).iter_errors(message)), None)
    if problem is not None:
        place = "/".join(map(str, problem.absolute_path))
        raise SchemaViolation(f"{definition}: {problem.message} (at {place or 'the top'}) in {message}")
    _check_extra_properties(definition, message)


def _check_extra_properties(definition: str, message: dict) -> None:
    if definition in ("ErrorResponse", "Request", "Response", "Event") or message["type"] == "request":
        return
    known, body = _known_body_properties(definition), message.get("body")
    if known is None or not isinstance(body, dict):
        return
    unknown = sorted(key for key in body if key not in known and not key.startswith(OURS))
    if unknown:
        raise SchemaViolation(f"{definition}: the body has unknown properties {unknown} in {message}")
