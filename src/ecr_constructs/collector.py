"""The garbage collector, paused while many objects are made that all stay.

Layer: the ground; imports the standard library only.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Pause Python's collector of cyclic garbage, and let it go on as it did before.

    Reading and reviewing a fleet makes some hundred thousand objects, and an
    inventory as many, of which none is garbage before the end: to look through them
    again and again takes a quarter of a review. What is garbage then is found when the
    collector goes on. Pauses may lie in one another.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
