"""The two questions: can somebody do something, and who can.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from ecr_constructs.access.answer import Answer
from ecr_constructs.access.context import Values
from ecr_constructs.access.directory import Directory
from ecr_constructs.access.evaluate import evaluate
from ecr_constructs.access.finding import find_repository
from ecr_constructs.access.named import Kind
from ecr_constructs.access.request import request_of
from ecr_constructs.access.target import Target
from ecr_constructs.access.who import Access, Lists
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment
from ecr_constructs.service import actions

#: Values by condition key; an empty one says that the request does not carry the key.
Given: TypeAlias = Mapping[str, str | Sequence[str]]

_SPELLINGS: Final = {action.lower(): action for action in actions.REPOSITORY | actions.REGISTRY}


class AccessModel:
    """The policies of a deployment, ready for many questions.

    Args:
        deployment: The registries and identities of an assembly.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._directory = Directory(deployment.identities)
        self._lists = Lists(self._directory)

    def target(
        self, repository: str, *, account: str | None = None, region: str | None = None
    ) -> Target:
        """Return the repository of a name; see :func:`can`."""
        return find_repository(self._deployment, repository, account=account, region=region)

    def can(
        self,
        principal: str,
        action: str,
        target: Target,
        *,
        context: Given | None = None,
        identity_policy: Policy | None = None,
    ) -> Answer:
        """Tell whether a principal can do something; see :func:`can`."""
        caller = self._directory.asked(principal)
        if identity_policy is not None and caller.kind is Kind.SERVICE:
            raise ConfigurationError(
                f"identity_policy must be that of a role or user, got {principal!r}, a service;"
                " leave it out"
            )
        request = request_of(caller, _checked(action), target, _several(context))
        return evaluate(request, identity_policy).answer()

    def who_can(
        self, action: str, target: Target, *, context: Given | None = None
    ) -> tuple[Access, ...]:
        """Tell who can do something; see :func:`who_can`."""
        return self._lists.who_can(_checked(action), target, _several(context))


def can(
    deployment: Deployment,
    principal: str,
    action: str,
    repository: str,
    *,
    account: str | None = None,
    region: str | None = None,
    context: Given | None = None,
    identity_policy: Policy | None = None,
) -> Answer:
    """Tell whether a principal can do something with a repository, as IAM would decide it.

    Args:
        deployment: The registries and identities of an assembly.
        principal: The ARN of a role, user, role session, federated user or
            account, an account's 12 digits, a service's name, or ``*`` for any
            principal that no policy names. A role or user of the assembly can be
            named by its construct path.
        action: One action, such as ``"ecr:BatchGetImage"``.
        repository: Its name or construct path; its logical id where
            CloudFormation makes up the name.
        account: Which account it is in, if it is in several.
        region: Which Region it is in, if it is in several.
        context: Values by condition key, beside those that the request implies
            (``aws:PrincipalArn``, ``aws:ResourceAccount``, tags of principal and
            repository, ...). A list for a key with several values; an empty
            value says that the request does not carry the key.
        identity_policy: A policy of the principal, beside those of the assembly.

    Returns:
        The decision, what decided, which conditions are not met or not known,
        and what was assumed.

    Raises:
        ConfigurationError: If the principal, the action or the repository is none.
    """
    model = AccessModel(deployment)
    return model.can(
        principal,
        action,
        model.target(repository, account=account, region=region),
        context=context,
        identity_policy=identity_policy,
    )


def who_can(
    deployment: Deployment,
    action: str,
    repository: str,
    *,
    account: str | None = None,
    region: str | None = None,
    context: Given | None = None,
) -> tuple[Access, ...]:
    """Tell who can do something with a repository.

    Asked for are the principals that its policies name and the roles and users
    of the assembly. Others of the repository's own account, whose policies are
    not known, are not among them; its root user can do everything that no
    policy denies.

    Args:
        deployment: The registries and identities of an assembly.
        action: One action, such as ``"ecr:BatchGetImage"``.
        repository: Its name or construct path.
        account: Which account it is in, if it is in several.
        region: Which Region it is in, if it is in several.
        context: As for :func:`can`.

    Returns:
        Who can, or can on conditions, in the order of their names.

    Raises:
        ConfigurationError: If the action or the repository is none.
    """
    model = AccessModel(deployment)
    target = model.target(repository, account=account, region=region)
    return model.who_can(action, target, context=context)


def _checked(action: str) -> str:
    """Return an action in IAM's spelling."""
    found = _SPELLINGS.get(action.lower())
    if found is not None:
        return found
    near = actions.nearest(action) or actions.nearest(f"ecr:{action}")
    raise ConfigurationError(
        f"action must be one action of Amazon ECR, got {action!r}; "
        + (f"did you mean {near!r}" if near else "write for example 'ecr:BatchGetImage'")
    )


def _several(context: Given | None) -> Values:
    """Return values by condition key; an empty one is none."""
    return {
        key.lower(): ((value,) if value else ()) if isinstance(value, str) else tuple(value)
        for key, value in (context or {}).items()
    }
