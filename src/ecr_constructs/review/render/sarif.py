"""The review as SARIF 2.1.0, which code scanning takes: findings, and what changes.

Layer: review.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from ecr_constructs.checks.rule import Rule
from ecr_constructs.checks.sarif import Locate, to_sarif
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.repository import Origin
from ecr_constructs.review.change.difference import ChangeClass, Difference
from ecr_constructs.review.render.shapes import SEVERITIES
from ecr_constructs.review.run import Review

#: What the ids of classes of change begin with.
_PREFIX: Final = "EcrReview-"


def review_to_sarif(
    review: Review, rules: Sequence[Rule], *, locate: Locate, version: str
) -> dict[str, Any]:
    """Return a SARIF log of one run.

    Args:
        review: The review.
        rules: The rules that were run.
        locate: Where resources stand.
        version: The version of this library.
    """
    log = to_sarif(review.report.findings, rules, locate=locate, version=version)
    if review.change is None:
        return log
    run = log["runs"][0]
    described = run["tool"]["driver"]["rules"]
    first = len(described)
    indexes = {kind: first + place for place, kind in enumerate(ChangeClass)}
    described += [_rule(kind) for kind in ChangeClass]
    run["results"] += [
        _result(each, indexes[each.kind], locate) for each in review.change.differences
    ]
    return log


def _rule(kind: ChangeClass) -> dict[str, Any]:
    return {
        "id": f"{_PREFIX}{kind}",
        "name": kind.heading.title().replace(" ", ""),
        "shortDescription": {"text": kind.heading},
        "defaultConfiguration": {"level": _level(kind)},
        "properties": {"tags": ["ecr", "change"]},
    }


def _level(kind: ChangeClass) -> str:
    return str(SEVERITIES.get(kind, Severity.NOTE))


def _result(difference: Difference, index: int, locate: Locate) -> dict[str, Any]:
    cause = f" ({difference.cause})" if difference.cause else ""
    result: dict[str, Any] = {
        "ruleId": f"{_PREFIX}{difference.kind}",
        "ruleIndex": index,
        "level": _level(difference.kind),
        "message": {"text": f"{difference.sentence}{cause}"},
        "partialFingerprints": {"difference/v1": _fingerprint(difference)},
        "properties": {
            "certain": difference.certain,
            "registry": "" if difference.place is None else str(difference.place),
        },
    }
    if difference.origins:
        # One result has one place; the other resources are told beside it.
        first, *others = difference.origins
        result["locations"] = [_location(first, locate)]
        if others:
            result["relatedLocations"] = [
                {"id": number, **_location(each, locate)}
                for number, each in enumerate(others, start=1)
            ]
    return result


def _location(origin: Origin, locate: Locate) -> dict[str, Any]:
    file, line = locate(origin)
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(file)}}
    if line is not None:
        physical["region"] = {"startLine": line}
    return {
        "physicalLocation": physical,
        "logicalLocations": [
            {
                "name": origin.logical_id,
                "fullyQualifiedName": origin.construct_path
                or f"{origin.stack}/{origin.logical_id}",
                "kind": "resource",
            }
        ],
    }


def _fingerprint(difference: Difference) -> str:
    parts = (str(difference.kind), str(difference.place), difference.sentence, difference.cause)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
