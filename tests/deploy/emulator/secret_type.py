"""Give a secret the ``Ref`` that it has on AWS: its ARN, where ministack has its name.

A pull through cache rule names its secret by that ``Ref``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ministack.services import secretsmanager
from ministack.services.cloudformation import drift, provisioners

Properties = Mapping[str, Any]
Provisioned = tuple[str, dict[str, str]]

_TYPE: Final = "AWS::SecretsManager::Secret"


def use_arns() -> None:
    """Let ministack's own handlers of secrets be called by ARN."""
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]
    read, readable = drift._DRIFT_READERS[_TYPE]

    def create_by_arn(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        return _by_arn(create(logical_id, properties, stack_name))

    def update_by_arn(
        arn: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Provisioned:
        return _by_arn(update(_name(arn), old, new, stack_name, logical_id))

    handlers["create"] = create_by_arn
    handlers["update"] = update_by_arn
    handlers["delete"] = lambda arn, properties: delete(_name(arn), properties)
    drift._DRIFT_READERS[_TYPE] = (lambda arn, props: read(_name(arn), props), readable)


def _by_arn(provisioned: Provisioned) -> Provisioned:
    _, attributes = provisioned
    return attributes["Arn"], attributes


def _name(arn: str) -> str | None:
    name: str | None = secretsmanager._resolve(arn)[0]
    return name
