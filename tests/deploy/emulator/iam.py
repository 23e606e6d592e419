"""What ministack's IAM lacks, where it is on.

The registry policy decides beside the repository's, as it does under its scope
V2; ``aws:PrincipalArn`` of a session is the ARN of its role; and a role that a
template gives a permissions boundary has it.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import ecr, iam
from ministack.services.cloudformation import provisioners
from tests.deploy.emulator.operations import Operations

_ROLE: Final = "AWS::IAM::Role"


def complete(operations: Operations) -> None:
    """Put it into ministack."""
    _consult_registry_policy(operations)
    _name_sessions_by_their_role()
    _bound_roles()


def _consult_registry_policy(operations: Operations) -> None:
    """Give the evaluation both policies as one, also for a repository that is not there yet."""
    policy_of_repository = ecr.repository_policy_for_arn

    def both(resource_arn: str) -> tuple[dict[str, Any], str]:
        of_repository, owner = policy_of_repository(resource_arn) or ("", get_account_id())
        of_registry = operations.find("GetRegistryPolicy", {}) or {"policyText": ""}
        statements = [*_statements(of_repository), *_statements(of_registry["policyText"])]
        return {"Statement": statements}, owner

    ecr.repository_policy_for_arn = both


def _name_sessions_by_their_role() -> None:
    value_of = iam_evaluator._resolve_condition_key

    def resolve(key: str, context: Any) -> Any:
        if key.lower() == "aws:principalarn" and context.principal_type == "AssumedRole":
            name = iam_evaluator._role_name_from_assumed_arn(context.principal_arn)
            return iam._roles[name]["Arn"]
        return value_of(key, context)

    iam_evaluator._resolve_condition_key = resolve


def _bound_roles() -> None:
    handlers = provisioners._RESOURCE_HANDLERS[_ROLE]
    create_role = handlers["create"]

    def create(
        logical_id: str, properties: Mapping[str, Any], stack_name: str
    ) -> tuple[str, dict[str, str]]:
        name, attributes = create_role(logical_id, properties, stack_name)
        if "PermissionsBoundary" in properties:
            iam._roles[name]["PermissionsBoundary"] = properties["PermissionsBoundary"]
        return name, attributes

    handlers["create"] = create


def _statements(text: str) -> list[Any]:
    statements = json.loads(text)["Statement"] if text else []
    return statements if isinstance(statements, list) else [statements]
