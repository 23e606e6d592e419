"""EventBridge's matching, as far as the library's patterns use it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

from typing import Any


def matches(pattern: dict[str, Any], event: Any) -> bool:
    """Tell whether all that a pattern says is true of an event, or of a part of it."""
    if isinstance(event, list):
        return any(matches(pattern, each) for each in event)
    if not isinstance(event, dict):
        return False
    return all(_member_matches(name, wanted, event) for name, wanted in pattern.items())


def _member_matches(name: str, wanted: Any, event: dict[str, Any]) -> bool:
    if name == "$or":
        assert len(wanted) > 1, "EventBridge takes one alternative alone for no alternative"
        return any(matches(each, event) for each in wanted)
    if name not in event:
        return False
    if isinstance(wanted, dict):
        return matches(wanted, event[name])
    values = event[name] if isinstance(event[name], list) else [event[name]]
    return any(_matches(each, value) for each in wanted for value in values)


def _matches(wanted: Any, value: Any) -> bool:
    match wanted:
        case {"prefix": prefix}:
            return isinstance(value, str) and value.startswith(prefix)
        case {"anything-but": others}:
            return value not in others
        case {"numeric": [">", least]}:
            return isinstance(value, int | float) and value > least
        case dict():
            raise ValueError(f"the matcher knows no {wanted}")
        case _:
            return bool(value == wanted)
