"""`autoReload`: files that are edited while the program runs take effect in it.

Functions get the new code in place, so that whoever holds one calls the new version. The module is not run again: what
its statements have made stays as it is. New functions, methods, classes and imports are added. Calls that are being
executed go on with the code that they began with.
"""
