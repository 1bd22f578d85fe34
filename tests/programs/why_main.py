"""Another program, which uses the module that is asked about."""

import sys

import why_leak

why_leak.place(len(sys.argv))
