"""How many examples a test with generated input tries: `HEAPSIGHT_EXAMPLES=5` means five times as many as usual.

The usual ones are the same in every run; with the variable set they are others each time.
"""

import os

from hypothesis import HealthCheck, settings

_FACTOR = float(os.environ.get("HEAPSIGHT_EXAMPLES", "1"))


def tries(count: int) -> settings:
    """Return settings for `count` examples, however long one takes to be made and to run."""
    return settings(
        max_examples=max(1, round(count * _FACTOR)),
        deadline=None,
        derandomize="HEAPSIGHT_EXAMPLES" not in os.environ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
