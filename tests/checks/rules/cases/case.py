"""One case of a rule: templates, and what the rule finds in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.checks.deployments import REGION, repository

#: Parameters of which nobody knows the value, for what cannot be told.
UNKNOWN = {"Parameters": {"Given": {"Type": "String"}}}
GIVEN = {"Ref": "Given"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """Templates, and what one rule finds in them.

    Attributes:
        rule: The rule's name.
        name: What the case is about.
        stacks: The templates by the names of their stacks.
        found: ``fail`` or ``unknown`` and the construct path of each finding.
        environments: ``aws://account/region`` of a stack, unless it is the tests' own.
    """

    rule: str
    name: str
    stacks: Mapping[str, Mapping[str, Any]]
    found: tuple[str, ...] = ()
    environments: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


def case(rule: str, name: str, resources: Mapping[str, Any], *found: str, **sections: Any) -> Case:
    """Return a case of one template.

    Args:
        rule: The rule's name.
        name: What the case is about.
        resources: The template's resources.
        found: As :class:`Case` has it, without the name of the stack: ``"fail Api"``.
        sections: Other sections of the template.
    """
    template = {"Resources": resources, **sections}
    where = tuple(each.replace(" ", " Main/", 1) for each in found)
    return Case(rule=rule, name=name, stacks={"Main": template}, found=where)


def allow(principal: Any, *actions: str, sid: str | None = None, **members: Any) -> dict[str, Any]:
    """Return a statement that allows actions, to pull unless others are given."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions) or ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        **members,
    }
    return statement if sid is None else {"Sid": sid, **statement}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy of statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def with_policy(*statements: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """Return a repository with a policy of statements."""
    return repository(RepositoryPolicyText=policy(*statements), **properties)


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    """Return a resource of Amazon ECR."""
    return {"Type": f"AWS::ECR::{kind}", "Properties": properties}


def root(account: str) -> dict[str, str]:
    """Return the principal of an account."""
    return {"AWS": f"arn:aws:iam::{account}:root"}


REPOSITORIES = f"arn:aws:ecr:{REGION}:111111111111:repository/*"
