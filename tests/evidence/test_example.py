"""What others say of the example: nothing, but for what is explained here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from tests.evidence.tools import CHECKOV, CONTROL_TOWER, Verdicts, checkov, control_tower

Properties = Mapping[str, Any]


def has_exclusions(properties: Properties) -> bool:
    return properties["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"


def is_not_kms(properties: Properties) -> bool:
    return "EncryptionConfiguration" not in properties


def has_conditions(properties: Properties) -> bool:
    statements = properties["RepositoryPolicyText"]["Statement"]
    return any("Condition" in s for s in statements if s["Principal"] in ("*", {"AWS": "*"}))


#: What may be said against a repository of the example, and why it stands.
EXPLAINED: Final[Mapping[str, tuple[Callable[[Properties], bool], str]]] = {
    "CKV_AWS_32": (has_conditions, "it knows few conditions, and takes a deny for an allow"),
    "CKV_AWS_51": (has_exclusions, "it wants IMMUTABLE, where the tags that move are named"),
    "CT.ECR.PR.3": (has_exclusions, "it wants IMMUTABLE, where the tags that move are named"),
    "CKV_AWS_136": (is_not_kms, "it wants KMS, and AES256 is enough for the default baseline"),
}


@pytest.mark.parametrize(
    ("checker", "checks"), [(checkov, CHECKOV), (control_tower, CONTROL_TOWER)]
)
def test_example_passes_but_for_what_is_explained(
    example_assembly: Path, checker: Callable[[Path], Verdicts], checks: tuple[str, ...]
) -> None:
    verdicts = checker(example_assembly)
    assert {check for _, _, check in verdicts} == set(checks)
    for (file, logical_id, check), passes in verdicts.items():
        if not passes:
            (template,) = example_assembly.rglob(file)
            resources = json.loads(template.read_text(encoding="utf-8"))["Resources"]
            explains, why = EXPLAINED[check]
            assert explains(resources[logical_id]["Properties"]), f"{logical_id}: not that {why}"
