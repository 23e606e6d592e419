"""What others say of the corpus: the same, but for differences that are explained here.

checkov and Control Tower's rules (run by cfn-guard) were written by others. Where
they and this catalogue ask the same of a repository they are to answer the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from tests.checks.deployments import findings
from tests.evidence.tools import CHECKOV, CONTROL_TOWER, Verdicts, checkov, control_tower

from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.checks.selection import find_rules
from ecr_constructs.model.problem import Status
from ecr_constructs.sources.documents import read_template

TEMPLATES: Final = Path(__file__).parents[1] / "corpus" / "templates"

FLAG: Final = "they look at the repository's own flag, and not at the registry's scanning"
RESOLVED: Final = "they resolve no intrinsics, so that what a mapping or a condition says is missed"
ABSENT: Final = "they check a resource whose condition is false, and which is not deployed"
UNKNOWN: Final = "what a parameter decides is a warning here, and a failure or a pass there"
MALFORMED: Final = (
    "a value of the wrong type cannot be told here; there it is taken for the right one"
)
EXCLUSION: Final = (
    "IMMUTABLE_WITH_EXCLUSION keeps every tag but those that it names (docs/decisions, 2)"
)
CONDITION: Final = "they know no condition but StringEquals on aws:PrincipalOrgID"
DENY: Final = "they take a deny of everybody for an allow"
TAKEN_BACK: Final = "they look at each statement alone, and not at what a deny takes back"
MISSPELT: Final = "what a key does that is not known is a warning here, and a failure there"
NOT_PRINCIPAL: Final = "they do not know NotPrincipal, which opens to everybody else"
PATTERN: Final = "a '*' in a role's ARN opens nothing: ECR refuses it, which PolicyPrincipal says"
KEY: Final = "KMS without a key is AWS's own key, which the control is to rule out"

#: Why this catalogue and another checker differ, by check, template and resource.
EXPLAINED: Final[Mapping[tuple[str, str, str], str]] = {
    ("CKV_AWS_136", "18-kms", "Theirs"): KEY,
    ("CKV_AWS_163", "11-environments-by-mapping", "Api"): RESOLVED,
    ("CKV_AWS_163", "12-unknown-environment", "Api"): UNKNOWN,
    ("CKV_AWS_163", "31-scanning-enhanced", "Prod"): FLAG,
    ("CKV_AWS_163", "31-scanning-enhanced", "Staging"): FLAG,
    ("CKV_AWS_163", "32-scanning-basic-all", "Api"): FLAG,
    ("CKV_AWS_163", "38-malformed", "WrongTypes"): MALFORMED,
    ("CKV_AWS_163", "51-one-or-the-other", "Encrypted"): FLAG,
    ("CKV_AWS_163", "51-one-or-the-other", "Plain"): FLAG,
    ("CKV_AWS_32", "05-organisation-units", "Shared"): CONDITION,
    ("CKV_AWS_32", "06-notprincipal", "Repo"): NOT_PRINCIPAL,
    ("CKV_AWS_32", "12-unknown-environment", "Api"): UNKNOWN,
    ("CKV_AWS_32", "19-deny-outsiders", "Api"): DENY,
    ("CKV_AWS_32", "20-token-and-resource", "Api"): PATTERN,
    ("CKV_AWS_32", "42-endpoint-only", "Api"): CONDITION,
    ("CKV_AWS_32", "49-deny-takes-back", "Bounded"): TAKEN_BACK,
    ("CKV_AWS_32", "49-deny-takes-back", "ForServices"): TAKEN_BACK,
    ("CKV_AWS_32", "50-conditions-together", "AskedFor"): CONDITION,
    ("CKV_AWS_32", "50-conditions-together", "Misspelt"): MISSPELT,
    ("CKV_AWS_51", "11-environments-by-mapping", "Api"): RESOLVED,
    ("CKV_AWS_51", "12-unknown-environment", "Api"): UNKNOWN,
    ("CKV_AWS_51", "38-malformed", "WrongTypes"): MALFORMED,
    ("CKV_AWS_51", "40-exclusion-filters", "Forgotten"): EXCLUSION,
    ("CKV_AWS_51", "40-exclusion-filters", "Latest"): EXCLUSION,
    ("CKV_AWS_51", "40-exclusion-filters", "Wildcards"): EXCLUSION,
    ("CT.ECR.PR.1", "10-codebuild", "BuildImages"): RESOLVED,
    ("CT.ECR.PR.1", "11-environments-by-mapping", "Api"): RESOLVED,
    ("CT.ECR.PR.1", "11-environments-by-mapping", "Scratch"): ABSENT,
    ("CT.ECR.PR.1", "12-unknown-environment", "Api"): UNKNOWN,
    ("CT.ECR.PR.2", "11-environments-by-mapping", "Api"): RESOLVED,
    ("CT.ECR.PR.2", "11-environments-by-mapping", "Scratch"): ABSENT,
    ("CT.ECR.PR.2", "12-unknown-environment", "Api"): UNKNOWN,
    ("CT.ECR.PR.2", "31-scanning-enhanced", "Prod"): FLAG,
    ("CT.ECR.PR.2", "31-scanning-enhanced", "Staging"): FLAG,
    ("CT.ECR.PR.2", "32-scanning-basic-all", "Api"): FLAG,
    ("CT.ECR.PR.2", "38-malformed", "WrongTypes"): MALFORMED,
    ("CT.ECR.PR.2", "51-one-or-the-other", "Encrypted"): FLAG,
    ("CT.ECR.PR.2", "51-one-or-the-other", "Plain"): FLAG,
    ("CT.ECR.PR.3", "11-environments-by-mapping", "Api"): RESOLVED,
    ("CT.ECR.PR.3", "11-environments-by-mapping", "Scratch"): ABSENT,
    ("CT.ECR.PR.3", "12-unknown-environment", "Api"): UNKNOWN,
    ("CT.ECR.PR.3", "38-malformed", "WrongTypes"): MALFORMED,
    ("CT.ECR.PR.3", "40-exclusion-filters", "Forgotten"): EXCLUSION,
    ("CT.ECR.PR.3", "40-exclusion-filters", "Latest"): EXCLUSION,
    ("CT.ECR.PR.3", "40-exclusion-filters", "Wildcards"): EXCLUSION,
}


@pytest.fixture(name="templates", scope="module")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the corpus as plain JSON: cfn-guard reads no anchors."""
    folder = tmp_path_factory.mktemp("templates")
    for path in TEMPLATES.iterdir():
        text = json.dumps(read_template(path))
        (folder / f"{path.stem}.json").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("checker", "checks"), [(checkov, CHECKOV), (control_tower, CONTROL_TOWER)]
)
def test_differences_are_those_that_are_explained(
    templates: Path, checker: object, checks: tuple[str, ...]
) -> None:
    assert callable(checker)
    theirs: Verdicts = checker(templates)
    assert {check for _, _, check in theirs} == set(checks)
    assert len(theirs) > 40 * len(checks)
    differing = set()
    for (file, logical_id, check), passes in theirs.items():
        ours = verdict(templates / file, logical_id, check)
        if ours != ("pass" if passes else "fail"):
            differing.add((check, file.removesuffix(".json"), logical_id))
    assert differing == {each for each in EXPLAINED if each[0] in checks}


def verdict(template: Path, logical_id: str, check: str) -> str:
    """Return what the rules that answer for a check say of a repository."""
    rules = [rule.name for rule in find_rules(CATALOGUE, check, parameter="check")]
    found = [f for f in findings(template, select=rules) if f.origin.logical_id == logical_id]
    if not found:
        return "pass"
    return "unknown" if all(f.status is Status.UNKNOWN for f in found) else "fail"
