"""Rules about ``AWS::ECR::PublicRepository``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.held import Held
from ecr_constructs.checks.policies import each_statement, named
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.settings import noted_for
from ecr_constructs.checks.sources import RESOURCES
from ecr_constructs.model.baseline import Control
from ecr_constructs.model.exposure import Exposure, exposure
from ecr_constructs.model.governance import public_changes
from ecr_constructs.model.policy import PolicyKind
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.registry import Located
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.unresolved import is_known
from ecr_constructs.model.words import examples

_PUBLIC_GUIDE: Final = "https://docs.aws.amazon.com/AmazonECR/latest/public"


def _exists(facts: Facts) -> Iterator[Located]:
    for public, origin in facts.public_repositories:
        name = public.repository_name or "a repository"
        yield Located(
            origin,
            violation(
                f"everybody may pull from {name}, without an account, and no policy changes that",
                "use a private repository, or say why: exemptions=[Exemption("
                "Control.PUBLIC_ACCESS, '<why>')]",
            ),
        )


def _changed(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    del held
    changes, reach = examples(sorted(public_changes(statement))), exposure(statement)
    if not changes or reach is Exposure.NAMED:
        return
    unknown = reach is Exposure.UNKNOWN
    yield violation(
        f"whether {name} lets anybody change what everybody pulls cannot be told: its principal or"
        " a condition is not known"
        if unknown
        else f"{name} lets anybody change what everybody pulls: {changes}",
        "name accounts, or bound it by StringEquals aws:PrincipalOrgID",
        detail=named(statement, "Principal::*"),
        unknown=unknown,
    )


def _region(facts: Facts) -> Iterator[Located]:
    yield from noted_for("PublicRepositoryRegion")(facts)
    for public, origin in facts.public_repositories:
        region = public.region
        if region is None or not is_known(region):
            yield Located(
                origin,
                violation(
                    "whether the public repository can be deployed cannot be told: its Region is"
                    f" {region or 'not known'}, and CloudFormation has the type in us-east-1 only",
                    "give the stack env=Environment(region='us-east-1')",
                    unknown=True,
                ),
            )


def _tags(facts: Facts) -> Iterator[Located]:
    fix = "add tags={'team': '...'}"
    for public, origin in facts.public_repositories:
        if not public.tags:
            yield Located(origin, violation("the repository has no tags", fix, path="Tags"))
        elif not any(is_known(key) for key, _ in public.tags):
            message = "whether the repository has tags cannot be told: none of their keys is known"
            yield Located(origin, violation(message, fix, path="Tags", unknown=True))


RULES: Final = (
    Rule(
        id="EcrGovernance-PublicRepository",
        severity=Severity.ERROR,
        title="A public repository is there for a reason that is written down",
        explanation="Everybody may pull from it, without an account. What is pushed to it by"
        " mistake is published, and copies cannot be called back.",
        remediation="GovernedRepository, which is private, or the exemption from public-access with"
        " its reason. In CloudFormation: AWS::ECR::Repository.",
        source=f"{_PUBLIC_GUIDE}/public-repositories.html",
        control=Control.PUBLIC_ACCESS,
        check=_exists,
    ),
    Rule(
        id="EcrGovernance-PublicRepositoryPush",
        severity=Severity.ERROR,
        title="Nobody but who is named changes a public repository",
        explanation="A reason for a repository to be public is one for everybody to pull from it,"
        " and none for anybody to push. Whoever may push puts their own images where others trust"
        " yours. The exemption from public-access does not stand for it.",
        remediation="repository.allow_push(Principals.account('<account>')). In CloudFormation:"
        " RepositoryPolicyText with principals or aws:PrincipalOrgID in each statement.",
        source=f"{_PUBLIC_GUIDE}/public-repository-policies.html",
        check=each_statement(_changed, kind=PolicyKind.PUBLIC_REPOSITORY),
    ),
    Rule(
        id="EcrGovernance-PublicRepositoryRegion",
        severity=Severity.ERROR,
        title="A public repository is declared in us-east-1",
        explanation="CloudFormation has the type in us-east-1 only, wherever the images are pulled"
        " from; a stack elsewhere fails.",
        remediation="A stack with env=Environment(region='us-east-1').",
        source=f"{RESOURCES}/aws-resource-ecr-publicrepository.html",
        check=_region,
    ),
    Rule(
        id="EcrGovernance-PublicRepositoryTags",
        severity=Severity.WARNING,
        title="A public repository has tags",
        explanation="Tags say whose a repository is. An organisation that works with them wants"
        " them everywhere.",
        remediation="tags={'team': 'payments'}. In CloudFormation: Tags.",
        source=f"{_PUBLIC_GUIDE}/ecr-public-using-tags.html",
        opt_in=True,
        elsewhere={"Security Hub": "ECR.4"},
        check=_tags,
    ),
)
