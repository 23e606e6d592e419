"""Helpers for the tests of apps that use this library.

Layer: testing; imports all but ``constructs``.
"""

from __future__ import annotations

from ecr_constructs.testing._findings import (
    Source,
    assert_finding,
    assert_governed,
    assert_no_finding,
    find,
)
from ecr_constructs.testing._images import (
    NOW,
    assert_archives,
    assert_expires,
    assert_retains,
    image,
)

__all__ = [
    "NOW",
    "Source",
    "assert_archives",
    "assert_expires",
    "assert_finding",
    "assert_governed",
    "assert_no_finding",
    "assert_retains",
    "find",
    "image",
]
