"""Rules about the two sides of replication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.replication_sides import Side, allows, may_govern, sides
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.sources import GUIDE
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Problem, Severity
from ecr_constructs.model.registry import Located
from ecr_constructs.model.words import examples

_BOTH: Final = "registry.replicate_to(other), which writes both sides"


def _permission(facts: Facts) -> Iterator[Located]:
    for side in sides(facts):
        if side.crosses_accounts is not False:
            for problem in _permission_problems(side):
                yield Located(side.origin, problem)


def _permission_problems(side: Side) -> Iterator[Problem]:
    account, where = side.source.account, side.destination.sentence
    policy = None if side.target is None else side.target.registry_policy
    if side.crosses_accounts is None or side.target is None:
        yield _elsewhere(side)
    elif policy is None:
        yield _violation(
            side,
            f"{where} takes nothing that is replicated to it: its registry policy is missing",
        )
    elif not isinstance(policy, Policy):
        text = "malformed" if isinstance(policy, Malformed) else policy
        yield _violation(
            side,
            f"whether {where} takes what is replicated to it cannot be told: its registry policy is"
            f" {text}",
            unknown=True,
        )
    else:
        needed = [
            "ecr:ReplicateImage",
            *(["ecr:CreateRepository"] if side.creates(side.target) else []),
        ]
        answers = {each: allows(policy, account, each, side.prefixes) for each in needed}
        lacking = [action for action, answer in answers.items() if answer is False]
        unknown = [action for action, answer in answers.items() if answer is None]
        if lacking:
            yield _violation(
                side,
                f"the registry policy of {where} does not allow {' and '.join(lacking)} to account"
                f" {account}: nothing arrives",
            )
        elif unknown:
            yield _violation(
                side,
                f"whether the registry policy of {where} allows {' and '.join(unknown)} to account"
                f" {account} for all that is sent cannot be told: a condition, a resource or a"
                " principal decides",
                unknown=True,
            )


def _template(facts: Facts) -> Iterator[Located]:
    for side in sides(facts):
        if side.target is None:
            yield Located(side.origin, _elsewhere(side))
            continue
        ungoverned = side.ungoverned(side.target)
        if not ungoverned:
            continue
        where, unknown = side.destination.sentence, may_govern(side.target)
        shown = examples(ungoverned)
        message = (
            f"whether a template of {where} governs what is created there cannot be told: {shown}"
            if unknown
            else f"{where} creates repositories that no template governs, with tags that move,"
            f" AES256 and no lifecycle policy: {shown}"
        )
        yield Located(side.origin, _violation(side, message, unknown=unknown))


def _elsewhere(side: Side) -> Problem:
    stack = side.origin.template.removesuffix(".template.json")
    fix = (
        f"have its owner apply what registry.replicate_to(...) writes to {stack}.hand-over.json,"
        " beside the template, then acknowledge this"
    )
    if stack == side.origin.template:  # a lone template, which nothing is written beside
        fix = (
            "have its owner add a registry policy for ecr:ReplicateImage and ecr:CreateRepository,"
            " where the account differs, and a creation template for REPLICATION"
        )
    return _violation(
        side,
        f"what {side.destination.sentence} says to replication cannot be told: it is not in this"
        " assembly",
        fix,
        unknown=True,
    )


def _violation(side: Side, message: str, fix: str = _BOTH, *, unknown: bool = False) -> Problem:
    return violation(
        message,
        fix,
        path=side.path,
        detail=f"Destination::{side.destination.sentence}",
        unknown=unknown,
    )


RULES: Final = (
    Rule(
        id="EcrGovernance-ReplicationPermission",
        severity=Severity.ERROR,
        title="Another account allows what is replicated to it",
        explanation="Replication to another account needs its registry policy: ecr:ReplicateImage,"
        " and ecr:CreateRepository unless repositories of the same names are there. Without it"
        " nothing arrives, and nothing says so at the source.",
        remediation="registry.replicate_to(other); for a registry of another app the hand-over says"
        " what its owner must apply. In CloudFormation: AWS::ECR::RegistryPolicy at the"
        " destination.",
        source=f"{GUIDE}/registry-permissions-create-replication.html",
        check=_permission,
    ),
    Rule(
        id="EcrGovernance-ReplicationTemplate",
        severity=Severity.WARNING,
        title="A template governs what replication creates",
        explanation="Replication copies images and no settings. A repository that Amazon ECR"
        " creates at the destination has mutable tags, AES256, no lifecycle policy and no"
        " repository policy, unless a creation template there covers its name.",
        remediation="registry.replicate_to(other), which makes the template too. In CloudFormation:"
        " AWS::ECR::RepositoryCreationTemplate at the destination with AppliedFor: [REPLICATION].",
        source=f"{GUIDE}/repository-creation-templates.html",
        check=_template,
    ),
)
