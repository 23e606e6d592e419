"""What is said of the rules: complete, in the house's words, and the page of it fresh."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ecr_constructs
from ecr_constructs.checks.catalogue import to_markdown
from ecr_constructs.checks.rule import Rule
from ecr_constructs.checks.rules import CATALOGUE, RULES, lifecycle
from ecr_constructs.model.baseline import Control

ROOT = Path(__file__).parents[2]
PACKAGE = Path(ecr_constructs.__file__).parent

#: What lint warns of where there is an inventory alone.
NO_RULE = {"selects-nothing", "taken-before-kept"}
#: Controls that a template alone does not show: the baseline says which namespaces there are.
NOT_IN_TEMPLATES = {Control.NAMESPACE}


def test_page_is_what_the_rules_say() -> None:
    """`make docs` writes it anew."""
    written = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == to_markdown(CATALOGUE)


def test_page_is_what_make_docs_prints() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ecr_constructs.checks"], capture_output=True, text=True, check=True
    )
    assert done.stdout == to_markdown(CATALOGUE)


def test_page_has_every_rule_once() -> None:
    headings = re.findall(r"^## (EcrGovernance-\w+)$", to_markdown(CATALOGUE), re.MULTILINE)
    assert headings == [rule.id for rule in CATALOGUE]


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in CATALOGUE]
    assert len(set(ids)) == len(ids)


def test_default_rules_are_those_that_need_not_be_asked_for() -> None:
    assert tuple(rule for rule in CATALOGUE if not rule.opt_in) == RULES
    assert 0 < len(RULES) < len(CATALOGUE)


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.name)
def test_rule_says_what_why_and_the_way_out(rule: Rule) -> None:
    assert re.fullmatch(r"EcrGovernance-[A-Z][A-Za-z]+", rule.id)
    assert not rule.title.endswith(".")
    assert rule.explanation.endswith(".")
    assert rule.remediation.endswith(".")
    assert rule.source.startswith("https://")
    assert all(rule.ids_elsewhere)


def test_remedies_name_what_there_is() -> None:
    """Whoever follows one finds the class and the method that it names."""
    constructs = ("GovernedRegistry", "GovernedRepository", "GovernedPublicRepository")
    methods = {name for each in constructs for name in dir(getattr(ecr_constructs, each))}
    sources = (PACKAGE / "checks").rglob("*.py")
    said = "".join(path.read_text(encoding="utf-8") for path in sources)
    called = re.findall(r"\b(?:registry\.(\w+)|((?:allow|deny|grant)_\w+))\(", said)
    assert {"allow_pull", "replicate_to"} <= {of or bare for of, bare in called}
    assert {of or bare for of, bare in called} <= methods
    for class_, member in re.findall(r"\b([A-Z]\w+)\.(\w+)", said):
        if class_ in ecr_constructs.__all__:
            assert hasattr(getattr(ecr_constructs, class_), member), f"{class_}.{member}"


@pytest.mark.parametrize("control", Control)
def test_every_control_that_a_template_shows_has_a_rule(control: Control) -> None:
    loosened = [rule.name for rule in CATALOGUE if rule.control is control]
    assert bool(loosened) is (control not in NOT_IN_TEMPLATES)


OTHERS = """
    ECR.1 ECR.2 ECR.3 ECR.4 ECR.5 CT.ECR.PR.1 CT.ECR.PR.2 CT.ECR.PR.3
    CKV_AWS_32 CKV_AWS_51 CKV_AWS_136 CKV_AWS_163 AWS-0030 AWS-0031 AWS-0032 AWS-0033
    ecr-private-image-scanning-enabled ecr-private-lifecycle-policy-configured
    ecr-private-tag-immutability-enabled ecr-repository-cmk-encryption-enabled
    ecr-repository-tagged ECR_REPO_SCAN_ON_PUSH AwsSolutions-ECR1
"""


@pytest.mark.parametrize("name", OTHERS.split())
def test_what_others_check_has_a_rule_here(name: str) -> None:
    assert [rule for rule in CATALOGUE if name in rule.ids_elsewhere]


def test_each_of_lints_warnings_has_a_rule() -> None:
    """An id that is added to lint needs a rule, or a place in ``NO_RULE``."""
    files = [*(PACKAGE / "lifecycle").glob("*.py"), *(PACKAGE / "model").glob("lifecycle_*.py")]
    files += [PACKAGE / "model" / "json_shape.py"]
    warned = {kind for file in files for kind in warnings_in(file)}
    warned -= {"text-indented", "repeated-member"}  # of a file, not of a policy in a template
    ruled = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', Path(lifecycle.__file__).read_text()))
    assert "shielded" in warned
    assert warned - ruled == NO_RULE


def warnings_in(file: Path) -> set[str]:
    """Return the ids of the problems that a module makes warnings."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
            given = {each.arg: each.value for each in node.keywords}
            severity, kind = given.get("severity"), given.get("id")
            if isinstance(severity, ast.Attribute) and severity.attr == "WARNING":
                assert isinstance(kind, ast.Constant)
                found.add(str(kind.value))
    return found
