"""Where a policy lies.

Layer: model; imports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a policy lies; each string may be a token.

    Attributes:
        account: The account that owns the repository.
        region: The repository's Region.
        partition: ``aws``, ``aws-us-gov``, ``aws-cn``, ...
        organization_id: The organisation of the baseline.
    """

    account: str
    region: str
    partition: str
    organization_id: str | None = None
