"""Resource types that an app around the registry needs and ministack lacks.

They take an id and do nothing, so that the stacks of the example deploy whole.
No test says anything about them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from ministack.services.cloudformation import provisioners

_PREFIXES: Final[Mapping[str, str]] = {"AWS::EC2::FlowLog": "fl"}


def register_stand_ins() -> None:
    """Let CloudFormation take the types."""
    for name, prefix in _PREFIXES.items():
        provisioners._RESOURCE_HANDLERS[name] = {
            "create": _create(prefix),
            "update": lambda identifier, *_: (identifier, {"Id": identifier}),
            "delete": lambda *_: None,
        }


def _create(prefix: str) -> Any:
    def create(*_: object) -> tuple[str, dict[str, str]]:
        identifier = f"{prefix}-{uuid.uuid4().hex[:17]}"
        return identifier, {"Id": identifier}

    return create
