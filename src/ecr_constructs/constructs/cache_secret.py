"""The secret that a pull through cache rule logs in with.

Layer: constructs.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, cast, final

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from ecr_constructs.constructs._jsii import no_overrides
from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import Problem, Severity, problem_at, refuse
from ecr_constructs.model.pull_through_cache import secret_problems
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.service.upstreams import CREDENTIAL_PREFIX, SECRET_KEYS

#: The one key that Amazon ECR can read secrets with; AWS manages it.
_MANAGED: Final = "alias/aws/secretsmanager"


@final
@no_overrides
class PullThroughCacheSecret(secretsmanager.Secret):
    """Define the secret of an upstream: under the mandatory name, in the mandatory shape.

    It holds placeholders until an operator fills it, as a template is no place for
    a token; ``secret.json`` is ``{"username": "...", "accessToken": "..."}``::

        aws secretsmanager put-secret-value --secret-string file://secret.json
            --secret-id ecr-pullthroughcache/docker-hub
        aws ecr validate-pull-through-cache-rule --ecr-repository-prefix docker-hub

    To rotate it, change its value: CloudFormation can give a rule no other secret
    without making the rule anew. It is encrypted with ``aws/secretsmanager``, as
    Amazon ECR can use no other key, and it outlives its stack as its rule does.

    Defines: ``AWS::SecretsManager::Secret``.

    Args:
        scope: Where to define it: a stack of the registry's account and Region.
        construct_id: Id in ``scope``. Part of the logical id.
        name: What follows ``ecr-pullthroughcache/``: letters, digits and ``/_+=.@-``;
            the whole is at most 512 characters. Changing it replaces the secret.

    Attributes:
        place: The account and Region that it is defined in.

    Raises:
        ConfigurationError: If no secret can have that name.

    Example:
        >>> secret = PullThroughCacheSecret(stack, "DockerHub", name="docker-hub")
    """

    @tells_arguments()
    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        self.place: Final = ledger_of(scope).place
        if not isinstance(cast("object", name), str):
            refuse(
                [problem_at("name", f"name must be a string, got {name!r}", "write 'docker-hub'")],
                path=f"{scope.node.path}/{construct_id}".lstrip("/"),
            )
        whole = name if name.startswith(CREDENTIAL_PREFIX) else f"{CREDENTIAL_PREFIX}{name}"
        problems = list(secret_problems(name=whole))
        if is_token(name):
            problems.append(
                problem_at("name", "name must be known at synthesis, got a token", "write it out")
            )
        refuse(problems, path=f"{scope.node.path}/{construct_id}".lstrip("/"))
        user, token = SECRET_KEYS
        super().__init__(
            scope,
            construct_id,
            secret_name=whole,
            description="What Amazon ECR logs in to an upstream with; filled by an operator",
            # Changing this would overwrite what the operator wrote.
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({user: "to-be-filled"}),
                generate_string_key=token,
            ),
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )


def credential_problems(secret: secretsmanager.ISecret, place: Place) -> Iterator[Problem]:
    """Yield what is wrong with a secret that is given, as far as it is known at synthesis."""
    if isinstance(secret, PullThroughCacheSecret):
        # Its name, its shape and its key are right, and its place is known here.
        yield from _place_problems(secret.place.account, secret.place.region, place)
        return
    resource = secret.node.default_child
    if isinstance(resource, secretsmanager.CfnSecret):
        yield from _defined_problems(resource)
    else:
        yield from secret_problems(name=secret.secret_name)
    if not _is_managed(secret.encryption_key):
        yield problem_at(
            "credential",
            "credential must be encrypted with aws/secretsmanager, as Amazon ECR can use no"
            " customer managed key for it, got one with a key",
            "leave encryption_key out",
        )
    environment = secret.env
    yield from _place_problems(environment.account, environment.region, place)


def _place_problems(account: str, region: str, place: Place) -> Iterator[Problem]:
    for what, theirs, ours in (
        ("account", account, place.account),
        ("Region", region, place.region),
    ):
        if not is_token(theirs) and not is_token(ours) and theirs != ours:
            yield problem_at(
                "credential",
                f"credential must be a secret of the registry's {what} {ours!r}, got one of"
                f" {theirs!r}",
                f"define it in {ours!r}",
            )


def credential_arn(secret: secretsmanager.ISecret) -> str:
    """Return the whole ARN of a secret, or its ARN without the end that AWS adds."""
    if isinstance(secret, PullThroughCacheSecret):
        return secret.secret_arn
    return secret.secret_full_arn or secret.secret_arn


def partial_arn_problems(secret: secretsmanager.ISecret) -> Iterator[Problem]:
    """Yield a warning where only a part of the ARN is known."""
    if not isinstance(secret, PullThroughCacheSecret) and secret.secret_full_arn is None:
        yield problem_at(
            "credential",
            "credential should be known by its whole ARN, as it is not documented that Amazon ECR"
            f" takes one without the end that AWS adds, got {secret.secret_name!r}",
            "write Secret.from_secret_complete_arn(...)",
            severity=Severity.WARNING,
        )


def _defined_problems(resource: secretsmanager.CfnSecret) -> Iterator[Problem]:
    name = cdk.Stack.of(resource).resolve(resource.name)
    if name is None:
        yield problem_at(
            "credential",
            f"credential must have a name that begins with {CREDENTIAL_PREFIX!r}, as Amazon ECR may"
            " read no other secret, got a secret without a name",
            f"write secret_name='{CREDENTIAL_PREFIX}docker-hub', or use PullThroughCacheSecret",
        )
    yield from secret_problems(name=name if isinstance(name, str) else None, keys=_keys(resource))


def _keys(resource: secretsmanager.CfnSecret) -> list[str]:
    """Return the members of a secret's JSON; empty where they are not known."""
    stack = cdk.Stack.of(resource)
    text = stack.resolve(resource.secret_string)
    generated = stack.resolve(resource.generate_secret_string) or {}
    more: list[str] = []
    if text is None and isinstance(generated, dict):
        text, more = generated.get("secretStringTemplate"), [generated.get("generateStringKey", "")]
    try:
        members: Any = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        members = None
    return [*members, *more] if isinstance(members, dict) else []


def _is_managed(key: kms.IKey | None) -> bool:
    if key is None:
        return True
    return cast("str | None", getattr(key, "alias_name", None)) == _MANAGED
