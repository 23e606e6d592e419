"""Rules about ``AWS::ECR::Repository``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.rule import Rule, each_repository, violation
from ecr_constructs.model.baseline import Control
from ecr_constructs.model.exposure import Exposure, exposure
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Problem, Severity
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.tag_mutability import keeps_tags
from ecr_constructs.model.unresolved import Unresolved

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide"


def _public_principal(registry: Registry, repository: Repository) -> Iterator[Problem]:
    del registry
    policy = repository.repository_policy
    if isinstance(policy, Unresolved):
        yield violation(
            f"whom the repository policy names cannot be told: it is {policy.text}",
            "write the policy as an object in the template",
            path="RepositoryPolicyText",
            unknown=True,
        )
    if not isinstance(policy, Policy):
        return
    for index, statement in enumerate(policy.statements):
        reach = exposure(statement)
        if reach is Exposure.NAMED:
            continue
        what = ", ".join(map(str, statement.actions or ("all actions but some",)))
        name = f"statement {statement.sid or index + 1}"
        if reach is Exposure.ANYONE:
            kind = "NotPrincipal" if statement.not_principals else "Principal '*'"
            bound = "without a condition that bounds it"
            if statement.conditions:
                given = ", ".join(f"{c.operator} {c.key}" for c in statement.conditions)
                bound = f"and its conditions bound nobody: {given}"
            yield violation(
                f"{name} of the repository policy opens {what} to anybody: {kind} {bound}",
                "name accounts, or bound it by StringEquals aws:PrincipalOrgID:"
                " allow_pull(Principals.organization())",
                path=f"RepositoryPolicyText.Statement[{index}]",
            )
        else:
            yield violation(
                f"{name} of the repository policy may open {what} to anybody: its principal or"
                " condition is not known before deployment",
                "write the principal out, or bound it by StringEquals aws:PrincipalOrgID",
                path=f"RepositoryPolicyText.Statement[{index}]",
                unknown=True,
            )


def _tag_immutability(registry: Registry, repository: Repository) -> Iterator[Problem]:
    del registry
    mode = repository.image_tag_mutability
    kept = keeps_tags(mode, repository.exclusion_filters)
    if kept is None:
        yield violation(
            f"whether a pushed tag can be overwritten cannot be told: ImageTagMutability is {mode}",
            "write IMMUTABLE in the template",
            path="ImageTagMutability",
            unknown=True,
        )
    elif not kept:
        except_for = ", ".join(map(str, repository.exclusion_filters))
        exclusion = f" except {except_for}" if except_for else ""
        yield violation(
            f"a pushed tag can be overwritten: ImageTagMutability is {mode}{exclusion}",
            "write IMMUTABLE, or IMMUTABLE_WITH_EXCLUSION with the tags that move",
            path="ImageTagMutability",
        )


def _lifecycle_policy(registry: Registry, repository: Repository) -> Iterator[Problem]:
    del registry
    policy = repository.lifecycle_policy
    if policy is None:
        yield violation(
            "images are kept for ever: the repository has no lifecycle policy",
            "add LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=14))",
            path="LifecyclePolicy",
        )
    elif isinstance(policy, Unresolved):
        yield violation(
            f"which images expire cannot be told: the lifecycle policy is {policy.text}",
            "write the policy's text in the template",
            path="LifecyclePolicy",
            unknown=True,
        )
    elif isinstance(policy, Malformed):
        for problem in policy.problems:
            yield violation(
                f"ECR refuses the lifecycle policy: {problem.message}",
                problem.fix,
                path="LifecyclePolicy",
            )


RULES: Final = (
    Rule(
        id="EcrGovernance-PublicPrincipal",
        severity=Severity.ERROR,
        title="A repository policy opens nothing to anybody",
        explanation="An allow for every principal lets any AWS account in the world use the"
        " repository, unless a condition bounds it to principals or networks of its owner."
        " NotPrincipal in an allow, and conditions that also hold when their key is missing"
        " (...IfExists, ForAllValues) or that anybody can meet, bound nobody.",
        remediation="Name accounts, or allow_pull(Principals.organization()). In CloudFormation:"
        " Condition: {StringEquals: {aws:PrincipalOrgID: o-...}}.",
        source=f"{_GUIDE}/repository-policy-examples.html",
        control=Control.PUBLIC_ACCESS,
        elsewhere={
            "cdk-nag": "AwsSolutions-ECR1",
            "checkov": "CKV_AWS_32",
            "Trivy": "AWS-0032",
            "Prowler": "ecr_repositories_not_publicly_accessible",
        },
        check=each_repository(_public_principal),
    ),
    Rule(
        id="EcrGovernance-TagImmutability",
        severity=Severity.ERROR,
        title="A pushed tag is never overwritten",
        explanation="Whoever may push to a mutable tag changes what is running under it, without"
        " a trace in the deployments that name the tag. IMMUTABLE_WITH_EXCLUSION passes, as it"
        " names the tags that move, unless a filter of wildcards alone names all.",
        remediation="Leave image_tag_mutability out: IMMUTABLE is the default. In CloudFormation:"
        " ImageTagMutability: IMMUTABLE.",
        source=f"{_GUIDE}/image-tag-mutability.html",
        control=Control.TAG_IMMUTABILITY,
        elsewhere={
            "Security Hub": "ECR.2",
            "AWS Config": "ecr-private-tag-immutability-enabled",
            "Control Tower": "CT.ECR.PR.3",
            "checkov": "CKV_AWS_51",
            "Trivy": "AWS-0031",
            "Prowler": "ecr_repositories_tag_immutability",
        },
        check=each_repository(_tag_immutability),
    ),
    Rule(
        id="EcrGovernance-LifecyclePolicy",
        severity=Severity.ERROR,
        title="A repository has a lifecycle policy that ECR accepts",
        explanation="Without one images are kept, billed and reported as vulnerable for ever; one"
        " that ECR refuses fails the deployment.",
        remediation="Leave lifecycle_policy out: the baseline's expires untagged images. In"
        " CloudFormation: LifecyclePolicy: {LifecyclePolicyText: ...}.",
        source=f"{_GUIDE}/LifecyclePolicies.html",
        control=Control.UNTAGGED_EXPIRY,
        elsewhere={
            "Security Hub": "ECR.3",
            "AWS Config": "ecr-private-lifecycle-policy-configured",
            "Control Tower": "CT.ECR.PR.1",
            "Prowler": "ecr_repositories_lifecycle_policy_enabled",
        },
        check=each_repository(_lifecycle_policy),
    ),
)
