"""Findings as SARIF 2.1.0, which code scanning takes.

Layer: checks; imports ``model``.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from ecr_constructs.checks.engine import Finding
from ecr_constructs.checks.rule import Rule
from ecr_constructs.model.repository import Origin

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"

#: Returns the file of a resource's template, as a path, and the resource's line in it; None for a
#: line that cannot be found.
Locate: TypeAlias = Callable[[Origin], tuple[str, int | None]]


def to_sarif(
    findings: Iterable[Finding], rules: Sequence[Rule], *, locate: Locate, version: str
) -> dict[str, Any]:
    """Return a SARIF log of one run.

    What is acknowledged or exempted is in it as a suppressed result; what cannot
    be told has ``"status": "unknown"`` among its properties.

    Args:
        findings: What was found.
        rules: The rules that were run.
        locate: Where resources stand.
        version: The version of this library.
    """
    indexes = {rule.id: index for index, rule in enumerate(rules)}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "ecr-constructs",
                        "version": version,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, indexes[each.rule], locate) for each in findings],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation},
        "help": {"text": rule.remediation},
        "helpUri": rule.source,
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": {"tags": ["ecr", "opt-in"] if rule.opt_in else ["ecr"]},
    }


def _result(finding: Finding, index: int, locate: Locate) -> dict[str, Any]:
    file, line = locate(finding.origin)
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(file)}}
    if line is not None:
        physical["region"] = {"startLine": line}
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": str(finding.severity),
        "message": {"text": f"{finding.message}; {finding.fix}"},
        "locations": [
            {
                "physicalLocation": physical,
                "logicalLocations": [
                    {
                        "name": finding.origin.logical_id,
                        "fullyQualifiedName": finding.place,
                        "kind": "resource",
                    }
                ],
            }
        ],
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
        "properties": {"status": str(finding.status), "stack": finding.origin.stack},
    }
    if finding.acknowledged is not None:
        result["suppressions"] = [{"kind": "external", "justification": finding.acknowledged}]
    return result


def _fingerprint(finding: Finding) -> str:
    """Return what stays the same while a finding is the same, wherever its line moves."""
    parts = (finding.id, finding.origin.stack, finding.place, finding.path)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
