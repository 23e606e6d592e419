"""What is said to who changes the class of a CDK repository and keeps its arguments.

Layer: constructs.

Source: the parameters of ``aws_cdk.aws_ecr.Repository``, aws-cdk-lib 2.275.0.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NoReturn, ParamSpec, TypeVar

from aws_cdk import aws_ecr as ecr

from ecr_constructs.model.problem import Problem, problem_at, refuse

P = ParamSpec("P")
R = TypeVar("R")

#: What to write in place of CDK's arguments that have another name here, or none.
_INSTEAD: Final = {
    "auto_delete_images": (
        "write empty_on_delete=True with removal_policy=RemovalPolicy.DESTROY, and an exemption"
    ),
    "image_scan_on_push": "write scan_on_push=, or leave it out, as images are scanned by default",
    "lifecycle_registry_id": "leave it out: it is the account of the stack",
    "lifecycle_rules": (
        "write lifecycle_policy=LifecyclePolicy.of(...), with the rules as"
        " LifecycleRule.expire(...) and its kin"
    ),
}
#: What to write in place of arguments that people try on a registry, and on ``add_repository``.
OF_REGISTRY: Final = {
    "organization_id": "write baseline=Baseline(organization_id=...)",
    "encryption_key": "write baseline=Baseline(customer_managed_keys=True), and it makes one",
    "kms_key": "write baseline=Baseline(customer_managed_keys=True), and it makes one",
}
OF_ADDED: Final = {
    "by_place": "write add_repository(id, repository_name=...), without a scope",
    "kms_key": "write encryption_key=",
    "baseline": "leave it out: the registry's holds",
}


def tells_cdk_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function refuse the arguments that CDK's own repository takes, with what to write.

    Python alone would say that a keyword is unexpected, and not what it is called here.
    """

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        refuse(_problems(kwargs))
        return function(*args, **kwargs)

    return checked


def refuse_member(self: object, name: str) -> NoReturn:
    """Say that an object has no such member, and of a CDK repository's what it is called here.

    Raises:
        AttributeError: Always.
    """
    fix = f"; {_INSTEAD['lifecycle_rules']}" if name == "add_lifecycle_rule" else ""
    kind = type(self).__name__
    raise AttributeError(f"{kind!r} object has no attribute {name!r}{fix}", name=name)


def _problems(arguments: Mapping[str, object]) -> Iterator[Problem]:
    for name in (name for name in _INSTEAD if name in arguments):
        yield problem_at(
            name,
            f"{name} must be written as it is called here, got an argument of aws_ecr.Repository",
            _INSTEAD[name],
        )
    encryption = arguments.get("encryption")
    if isinstance(encryption, ecr.RepositoryEncryption):
        kind = encryption.value
        yield problem_at(
            "encryption",
            f"encryption must be an EncryptionType, got aws_ecr.RepositoryEncryption of {kind!r}",
            f"write ecr_constructs.EncryptionType.{kind}",
        )
    mutability = arguments.get("image_tag_mutability")
    if isinstance(mutability, ecr.TagMutability):
        yield problem_at(
            "image_tag_mutability",
            f"image_tag_mutability must be this library's, got aws_ecr.{mutability}",
            f"write ecr_constructs.{mutability}",
        )
