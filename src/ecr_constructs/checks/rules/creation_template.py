"""Rules about ``AWS::ECR::RepositoryCreationTemplate``.

What it gives to the repositories that it creates is judged with them: tags,
keys, policies and lifecycle policies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.roles import role_problems
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.settings import noted_for
from ecr_constructs.checks.sources import GUIDE
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.registry import Located
from ecr_constructs.model.unresolved import is_known


def _role(facts: Facts) -> Iterator[Located]:
    yield from noted_for("TemplateRole")(facts)
    for _, template, origin in facts.templates:
        kind = template.encryption.type
        if template.custom_role_arn is None and not template.resource_tags and not is_known(kind):
            yield Located(
                origin,
                violation(
                    f"whether the template needs a role cannot be told: EncryptionType is {kind},"
                    " and KMS needs one",
                    "write EncryptionType in the template, or give a CustomRoleArn",
                    path="CustomRoleArn",
                    unknown=True,
                ),
            )
        needed = {"ecr:CreateRepository", *(["ecr:TagResource"] if template.resource_tags else [])}
        if AppliedFor.REPLICATION in template.applied_for:
            needed.add("ecr:ReplicateImage")
        role = template.custom_role_arn
        for problem in role_problems(
            facts.deployment.identities, role, "ecr.amazonaws.com", frozenset(needed)
        ):
            yield Located(origin, problem)


RULES: Final = (
    Rule(
        id="EcrGovernance-TemplateRole",
        severity=Severity.ERROR,
        title="A template that sets tags or KMS has a role",
        explanation="Amazon ECR creates repositories with a role of its own that may create them"
        " and no more. Where the template sets tags or encrypts with KMS, the creation fails"
        " without a custom role, and with it the first pull, replication or push. The role is of"
        " the registry's account, has no path, and trusts ecr.amazonaws.com.",
        remediation="The constructs make the role where one is needed. In CloudFormation:"
        " CustomRoleArn, a role that trusts ecr.amazonaws.com and may ecr:CreateRepository,"
        " ecr:ReplicateImage, ecr:TagResource, kms:CreateGrant, kms:RetireGrant, kms:DescribeKey.",
        source=f"{GUIDE}/repository-creation-templates.html",
        check=_role,
    ),
)
