"""How many generated examples the tests try, told by hypothesis's profile."""

from __future__ import annotations

import os
from typing import Final

#: The profile: ``tests``, or ``thorough`` under ``make test-thorough``.
PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "tests")
#: How many times as many examples each profile tries.
FACTORS: Final = {"tests": 1, "thorough": 10}


def examples(usual: int) -> int:
    """Return the examples of a test for which the profile's own number is not the right one.

    Args:
        usual: How many it tries in every run.
    """
    return usual * FACTORS[PROFILE]
