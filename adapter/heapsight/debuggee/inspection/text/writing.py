"""The text of one value while it is being written: what is left of its limits, and which containers are open."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .limits import Limits

CUT = "…"
_LARGEST_DECIMAL = 2_000  # bits; beyond, decimal digits cost time and the interpreter may refuse them


class Writing:
    """Collects text up to a number of characters. `write_value` writes what is nested in a container."""

    def __init__(self, limits: Limits, write_value: Callable[[Writing, object, int], None]) -> None:
        self.limits = limits
        self.left = limits.characters
        self._parts: list[str] = []
        self._write_value = write_value
        self._open: set[int] = set()

    @property
    def full(self) -> bool:
        """Whether nothing more goes in."""
        return self.left <= 0

    def put(self, text: str) -> None:
        """Add text; what is too much is replaced by the sign for a cut."""
        if self.left <= 0:
            return
        if len(text) > self.left:
            text = text[: self.left] + CUT
            self.left = 0
        else:
            self.left -= len(text)
        self._parts.append(text)

    def close(self, text: str) -> None:
        """Add a closing bracket, for which there is always room."""
        self._parts.append(text)

    def value(self, obj: object, depth: int) -> None:
        """Add the text of a nested value."""
        if not self.full:
            self._write_value(self, obj, depth)

    def result(self) -> str:
        """Return all of it."""
        return "".join(self._parts)

    def enter(self, obj: object) -> bool:
        """Note that the contents of `obj` are being written; False where they already are, further out."""
        if id(obj) in self._open:
            return False
        self._open.add(id(obj))
        return True

    def leave(self, obj: object) -> None:
        """Note that the contents of `obj` are written."""
        self._open.discard(id(obj))

    def elements(self, items: Iterable[object], total: int, depth: int) -> None:
        """Add values separated by commas, `…` for the rest of them."""
        written = 0
        for item in items:
            if self.full or written >= self.limits.elements:
                break
            if written:
                self.put(", ")
            self.value(item, depth)
            written += 1
        self.rest(written, total)

    def pairs(self, items: Iterable[tuple[object, object]], total: int, depth: int) -> None:
        """Add `key: value` pairs separated by commas, `…` for the rest of them."""
        written = 0
        for key, value in items:
            if self.full or written >= self.limits.elements:
                break
            if written:
                self.put(", ")
            self.value(key, depth)
            self.put(": ")
            self.value(value, depth)
            written += 1
        self.rest(written, total)

    def fields(self, items: Iterable[tuple[str, object]], depth: int) -> None:
        """Add `name=value` separated by commas."""
        for written, (name, value) in enumerate(items):
            if self.full:
                break
            self.put(f", {name}=" if written else f"{name}=")
            self.value(value, depth)

    def rest(self, written: int, total: int) -> None:
        """Say that there is more, where there is."""
        if written < total and not (self._parts and self._parts[-1].endswith(CUT)):
            self.close(f", {CUT}" if written else CUT)

    def integer(self, number: int) -> None:
        """Add a number; a huge one as its first hexadecimal digits."""
        bits = int.bit_length(number)
        if bits > max(_LARGEST_DECIMAL, 3 * self.left):
            digits = hex(abs(number) >> (bits - 64 + -bits % 4))
            self.put(f"{'-' if number < 0 else ''}{digits}{CUT} ({bits:,} bits)")
        elif self.limits.hex:
            self.put(hex(number))
        else:
            self.put(_decimal(number))

    def quoted(self, total: int, cut: Callable[[int], object], show: Callable[[object], str]) -> None:
        """Add a string of length `total`. `cut` returns its beginning: no more is copied than is shown."""
        # Nested strings leave room for what comes after them.
        room = self.left if not self._parts else min(self.left, max(self.left // 2, self.limits.characters // 4))
        shown = show(cut(room))
        if len(shown) <= room and total <= room:
            self.put(shown)
            return
        quote = shown[-1]
        start = shown.index(quote) + 1
        piece = shown[: max(start, room - 1)].removesuffix(quote)
        self._parts.append(piece + CUT + quote)
        self.left = max(0, self.left - len(piece) - 2)


def _decimal(number: int) -> str:
    try:
        return int.__repr__(number)
    except ValueError:  # sys.set_int_max_str_digits
        return hex(number)
