"""Changes and shares as people read them, and sizes as they write them."""

from __future__ import annotations

import re

from .texts import size_text

_FACTORS = {
    "": 1,
    "b": 1,
    **{unit: int(1000**power) for power, unit in enumerate(("kb", "mb", "gb", "tb"), 1)},
    **{unit: int(1000**power) for power, unit in enumerate(("k", "m", "g", "t"), 1)},
    **{unit: int(1024**power) for power, unit in enumerate(("kib", "mib", "gib", "tib"), 1)},
}
_SIZE = re.compile(r"\s*(\d[\d_]*(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)


def change_text(size: float) -> str:
    """Return `+1.2 MB`, and `0` for no change."""
    return ("+" if size > 0 else "") + size_text(size) if size else "0"


def share_text(share: float) -> str:
    """Return `12 %` for 0.12."""
    percent = 100 * share
    return f"{percent:.1f} %" if 0 < percent < 9.95 else f"{percent:.0f} %"


def parse_size(text: str) -> int:
    """Return the bytes of `10MB`, `1.5 GiB`, `4096`. Raises ValueError."""
    found = _SIZE.fullmatch(text)
    factor = _FACTORS.get(found[2].lower()) if found is not None else None
    if found is None or factor is None:
        raise ValueError(f"{text!r} is not a size, which is a number and B, kB, MB, GB, KiB, MiB or GiB")
    return round(float(found[1].replace("_", "")) * factor)
