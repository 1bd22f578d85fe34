"""What an object's `__repr__` says, read on demand: it was too slow, or too long, for a row among others."""

from __future__ import annotations

from ...holding import Held
from ..failures import EvaluationError, describe_error, disown
from ..presenter import Presenter, compose
from ..tree import Listing, Row
from .limits import SPOKEN
from .writing import CUT

_NAME = "repr()"


def spoken_row(presenter: Presenter, held: Held, evaluate_name: str | None) -> Row:
    """Return the row that calls `__repr__` when it is opened."""
    hint: dict[str, object] = {"kind": "virtual", "attributes": ["readOnly", "hasSideEffects"], "lazy": True}
    expression = compose("repr(", evaluate_name, ")")
    return Row(_NAME, "", children=Spoken(presenter, held, expression), evaluate_name=expression, presentation=hint)


class Spoken(Listing):
    """One row: the text, of which more can be had piece by piece where it is very long."""

    def __init__(self, presenter: Presenter, held: Held, evaluate_name: str | None) -> None:
        super().__init__()
        self._presenter = presenter
        self._held = held
        self._evaluate_name = evaluate_name

    @property
    def named(self) -> int:
        """Always the one."""
        return 1

    def named_rows(self, only: str | None = None) -> list[Row]:
        """Call `__repr__`."""
        hint: dict[str, object] = {"kind": "virtual", "attributes": ["readOnly"]}
        try:
            text = self._presenter.reprs.spoken(self._held.obj)
        except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as error:  # noqa: BLE001 - the user's own
            disown(error)
            failure = EvaluationError(describe_error(error))
            return [Row("", failure.text, presentation=hint)]
        row = self._presenter.value_row("", text, self._evaluate_name)
        row.value = text if len(text) <= SPOKEN.characters else text[: SPOKEN.characters] + CUT
        row.presentation = hint
        return [row]
