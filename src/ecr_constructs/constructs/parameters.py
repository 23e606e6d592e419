"""What a construct is given, before it becomes a value: kinds, tokens, what only CDK knows.

Layer: constructs.

jsii drops or refuses what has another type than it wants, without the parameter's
name: what a type checker would have said is said here, in one sentence each.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_kms as kms

from ecr_constructs.model.account_setting import AccountSetting
from ecr_constructs.model.baseline import Baseline, Exemption
from ecr_constructs.model.catalog_data import CatalogData
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.place import Place
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.model.words import shown

#: What CloudFormation does with the resource, and with the old one after a replacement.
DELETION_POLICIES: Final = {
    cdk.RemovalPolicy.DESTROY: "Delete",
    cdk.RemovalPolicy.RETAIN: "Retain",
    cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: "RetainExceptOnCreate",
}

#: Parameter -> its type, the type in words, and what to write.
_KINDS: Final[Mapping[str, tuple[type | UnionType, str, str]]] = {
    "scan_on_push": (bool, "True or False", "leave it out: images are scanned"),
    "lifecycle_policy": (
        LifecyclePolicy | None,
        "a LifecyclePolicy",
        "write LifecyclePolicy.of(...), .from_json(text) or .from_document(document)",
    ),
    "repository_policy": (
        Policy | None,
        "a Policy",
        "write Policy.of(...), .from_json(text) or .from_document(document)",
    ),
    "catalog_data": (
        CatalogData,
        "a CatalogData",
        "write CatalogData(repository_description='...')",
    ),
    "prefix": (str, "a string", "write for example 'payments'"),
    "description": (str | None, "a string", "write it in quotes"),
    "tags": (Mapping | None, "a mapping of keys to values", "write {'team': 'payments'}"),
    "resource_tags": (Mapping | None, "a mapping of keys to values", "write {'team': 'payments'}"),
    "empty_on_delete": (bool, "True or False", "leave it out to keep the images"),
    "baseline": (Baseline | None, "a Baseline", "write Baseline(...)"),
    "scanning": (Scanning | None, "a Scanning", "write Scanning.basic(on_push=['*'])"),
}
_TAGS: Final = frozenset({"tags", "resource_tags"})
#: Parameter that takes one of CDK's -> the attribute that tells, in words, and what to write.
_INTERFACES: Final = {
    "encryption_key": ("key_arn", "a KMS key", "write kms.Key.from_key_arn(scope, id, '<ARN>')"),
    "custom_role": ("role_arn", "a role", "write iam.Role.from_role_arn(scope, id, '<ARN>')"),
}
#: Parameter that takes several -> the type of each, in words, and what to write.
_ELEMENTS: Final[Mapping[str, tuple[type, str, str]]] = {
    "image_tag_mutability_exclusion_filters": (str, "strings", "write for example ['latest']"),
    "account_settings": (
        AccountSetting,
        "AccountSettings",
        "write [AccountSetting.blob_mounting()]",
    ),
    "exemptions": (Exemption, "Exemptions", "write [Exemption(Control...., reason='...')]"),
}


def kind_problems(given: Mapping[str, object]) -> Iterator[Problem]:
    """Yield which parameters have another type than they take.

    Args:
        given: The values by the parameters' names.
    """
    for name, value in given.items():
        if name not in _ELEMENTS:
            yield from _kind_problems(name, value)
            continue
        each, words, fix = _ELEMENTS[name]
        if not isinstance(value, tuple):
            yield problem_at(name, f"{name} must be a list of {words}, got {shown(value)}", fix)
            continue
        for index, element in enumerate(value):
            if not isinstance(element, each):
                path = f"{name}[{index}]"
                yield problem_at(path, f"{name} must be {words}, got {shown(element)}", fix)


def _kind_problems(name: str, value: object) -> Iterator[Problem]:
    if name in _INTERFACES:
        attribute, words, fix = _INTERFACES[name]
        if value is not None and not has(value, attribute):
            yield problem_at(name, f"{name} must be {words}, got {shown(value)}", fix)
        return
    kind, words, fix = _KINDS[name]
    if not isinstance(value, kind):
        yield problem_at(name, f"{name} must be {words}, got {shown(value)}", fix)
    elif name in _TAGS:
        yield from _tag_problems(name, value)
    elif isinstance(value, Policy):
        yield from _statement_problems(name, value)


def has(value: object, attribute: str) -> bool:
    """Tell whether one of CDK's has an attribute, and ask it only if its class has none."""
    return hasattr(type(value), attribute) or hasattr(value, attribute)


def _statement_problems(name: str, policy: Policy) -> Iterator[Problem]:
    for index, statement in enumerate(cast("tuple[object, ...]", policy.statements)):
        path = f"{name}.statements[{index}]"
        if not isinstance(statement, Statement):
            yield problem_at(
                path,
                f"a statement must be a Statement, got {shown(statement)}",
                "write Policy.from_document({'Statement': [...]})",
            )
            continue
        principals = (*statement.principals, *statement.not_principals)
        for each in cast("tuple[object, ...]", principals):
            if not isinstance(each, Principal):
                yield problem_at(
                    f"{path}.principals",
                    f"a statement must name Principals, got {shown(each)}",
                    "write Principal('AWS', 'arn:...'), or allow(...) for what Principals makes",
                )


def _tag_problems(name: str, tags: object) -> Iterator[Problem]:
    for key, value in tags.items() if isinstance(tags, Mapping) else ():
        for what, text in (("key", key), ("value", value)):
            if not isinstance(text, str):
                yield problem_at(
                    f"{name}[{key!r}]",
                    f"a tag's {what} must be a string, got {text!r}",
                    f"write {str(text)!r}",
                )


def several(values: object) -> object:
    """Return an iterable as a tuple; a single string, and what is none, stays what it is."""
    if isinstance(values, Iterable) and not isinstance(values, str):
        return tuple(values)
    return values


def several_texts(values: object) -> object:
    """Return texts as a tuple; one alone, not in a list, is one text and no list of letters."""
    return (values,) if isinstance(values, str) else several(values)


def token_problems(repository_name: str | None) -> Iterator[Problem]:
    """Yield whether the name of a repository to be defined is a token."""
    if is_token(repository_name):
        yield problem_at(
            "repository_name",
            "repository_name must be known at synthesis, got a token",
            "write the name out, or leave it out and CloudFormation makes one up",
        )


def removal_problems(
    removal_policy: cdk.RemovalPolicy, *, empty_on_delete: bool
) -> Iterator[Problem]:
    """Yield what a repository cannot do when it leaves its stack."""
    if not isinstance(cast("object", removal_policy), cdk.RemovalPolicy):
        name = str(removal_policy).upper()
        meant = name if name in {each.name for each in DELETION_POLICIES} else "RETAIN"
        yield problem_at(
            "removal_policy",
            f"removal_policy must be a RemovalPolicy, got {removal_policy!r}",
            f"write RemovalPolicy.{meant}",
        )
    elif removal_policy not in DELETION_POLICIES:
        yield problem_at(
            "removal_policy",
            f"removal_policy must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got"
            f" {removal_policy!s}: a repository has no snapshots",
            "write RemovalPolicy.RETAIN",
        )
    if empty_on_delete and removal_policy is not cdk.RemovalPolicy.DESTROY:
        yield problem_at(
            "empty_on_delete",
            "empty_on_delete goes with removal_policy=RemovalPolicy.DESTROY, got"
            f" {removal_policy!s}",
            "leave it out to keep the images",
        )


def encryption_of(kind: EncryptionType | None, key: kms.IKey | None) -> Encryption:
    """Return the encryption that is asked for; with a key it is KMS where nobody says."""
    default = EncryptionType.AES256 if key is None else EncryptionType.KMS
    return Encryption(default if kind is None else kind, None if key is None else key.key_arn)


def key_problems(key: kms.IKey | None, place: Place) -> Iterator[Problem]:
    """Yield whether a key lies in another Region than the repository.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    """
    if key is None:
        return
    region = key.env.region
    if not is_token(region) and not is_token(place.region) and region != place.region:
        yield problem_at(
            "encryption_key",
            f"encryption_key must lie in the repository's Region {place.region!r}, got one of"
            f" {region!r}",
            "define a key there",
        )


def baseline_problems(baseline: Baseline) -> tuple[Problem, ...]:
    """Return what is wrong with a baseline; the answer is remembered."""
    try:
        return _baseline_problems(baseline)
    except TypeError:  # it holds what cannot be hashed, and its problems say what
        return _baseline_problems.__wrapped__(baseline)


@functools.lru_cache(maxsize=64)
def _baseline_problems(baseline: Baseline) -> tuple[Problem, ...]:
    return tuple(problem.below("baseline") for problem in baseline.problems())
