"""Templates as the user wrote them: lines, frames and variables of Jinja and Django templates that are being rendered.

Nothing of these libraries is imported: what they are is read from code objects, frames and loaded modules.
"""
