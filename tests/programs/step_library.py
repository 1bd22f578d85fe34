"""Calls into a library, twice."""

import json


def library():
    for number in range(2):
        json.dumps({"a": number}, sort_keys=True)  # @library_call
    return None  # @library_end


library()
