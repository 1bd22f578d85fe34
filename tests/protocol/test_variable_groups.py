"""`variablePresentation`: where special, function, class and protected variables are shown."""

from __future__ import annotations

import pytest

PROGRAM = """\
def helper(): pass
class Cart:
    _rate = 1
    def add(self): pass
cart = Cart()
print(cart)
"""


@pytest.mark.parametrize(
    ("presentation", "of_module", "of_object"),
    [
        (None, {"special", "function", "class"}, {"_rate", "special", "function"}),
        ({"all": "group"}, {"special", "function", "class"}, {"special", "function", "protected"}),
        ({"all": "hide"}, set(), set()),
        ({"all": "hide", "protected": "inline"}, set(), {"_rate"}),
        ({"special": "hide", "function": "inline", "class": "inline"}, {"helper", "Cart"}, {"add", "protected"}),
    ],
)
def test_kinds_are_grouped_shown_or_hidden(session, tmp_path, presentation, of_module, of_object):
    program = tmp_path / "cart.py"
    program.write_text(PROGRAM)
    session.launch(program, **({} if presentation is None else {"variablePresentation": presentation}))
    session.request("setBreakpoints", source={"path": str(program)}, breakpoints=[{"line": 6}])
    session.configured()
    session.wait_for_stopped("breakpoint")

    def shown(rows):
        return {name.removesuffix(" variables") for name in rows} - {
            "cart",
            "\N{MATHEMATICAL LEFT ANGLE BRACKET}memory\N{MATHEMATICAL RIGHT ANGLE BRACKET}",
        }

    rows = session.local_variables()
    assert shown(rows) == of_module
    assert shown(session.variables(rows["cart"]["variablesReference"])) == of_object
