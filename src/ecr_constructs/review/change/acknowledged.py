"""Findings that are silenced with CDK, and those that are no longer.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecr_constructs.checks.acknowledgements import rule_of
from ecr_constructs.checks.rule import PREFIX
from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.registry import Deployment
from ecr_constructs.review.change.difference import ChangeClass, Difference
from ecr_constructs.review.exempted import own_acknowledgements

_Key = tuple[str, str]


def acknowledgement_differences(older: Deployment, newer: Deployment) -> Iterator[Difference]:
    """Yield the acknowledgements of this library's rules that come, go or change.

    Those that an exemption brings along are told with the exemption.
    """
    old, new = _ours(older), _ours(newer)
    for (path, rule), each in new.items():
        earlier = old.get((path, rule))
        if earlier is None:
            yield _difference(
                ChangeClass.WEAKENED,
                f"what {rule} finds at {path} no longer counts",
                f"it is acknowledged, as '{each.reason}'",
            )
        elif earlier.reason != each.reason:
            yield _difference(
                ChangeClass.HARMLESS,
                f"the reason why {rule} does not count at {path} is written otherwise",
                f"it was '{earlier.reason}' and is '{each.reason}'",
            )
    for (path, rule), each in old.items():
        if (path, rule) not in new:
            yield _difference(
                ChangeClass.STRENGTHENED,
                f"what {rule} finds at {path} counts again",
                f"it was acknowledged, as '{each.reason}'",
            )


def _ours(deployment: Deployment) -> dict[_Key, Acknowledgement]:
    found = {}
    for each in own_acknowledgements(deployment):
        rule = rule_of(each.id)
        if rule is not None and rule.startswith(PREFIX):
            found[each.construct_path, rule] = each
    return found


def _difference(kind: ChangeClass, sentence: str, cause: str) -> Difference:
    return Difference(kind=kind, sentence=sentence, cause=cause, place=None)
