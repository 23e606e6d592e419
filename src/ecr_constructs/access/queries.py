"""The two questions: can somebody do something, and who can.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from ecr_constructs.access.answer import Answer, Decision
from ecr_constructs.access.context import Values
from ecr_constructs.access.directory import Directory
from ecr_constructs.access.evaluate import evaluate
from ecr_constructs.access.named import Kind
from ecr_constructs.access.request import request_of
from ecr_constructs.access.target import Target
from ecr_constructs.access.who import Access, candidates, standing_out
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.unresolved import Text
from ecr_constructs.service import actions

#: Values by condition key; an empty one says that the request does not carry the key.
Given: TypeAlias = Mapping[str, str | Sequence[str]]


class AccessModel:
    """The policies of a deployment, ready for questions.

    Args:
        deployment: The registries and identities of an assembly.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._directory = Directory(deployment.identities)

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
        action, given = _checked(action), _several(context)
        found: dict[Text, Access] = {}
        asked: set[Text] = set()
        for caller in candidates(action, target, self._directory):
            shown = caller.shown(target.partition)
            if shown in asked:
                continue
            asked.add(shown)
            verdict = evaluate(request_of(caller, action, target, given))
            if verdict.decision is not Decision.DENY:
                found[shown] = Access(shown, verdict)
        return tuple(sorted(standing_out(found.values()), key=lambda row: str(row.principal)))

    def target(
        self, repository: str, *, account: str | None = None, region: str | None = None
    ) -> Target:
        """Return the repository of a name.

        Args:
            repository: Its name, its construct path, or its logical id where
                CloudFormation makes up the name.
            account: Which account it is in, if it is in several.
            region: Which Region it is in, if it is in several.

        Raises:
            ConfigurationError: If there is none, or more than one.
        """
        named = [each for each in self._targets() if repository in _names(each)]
        found = [each for each in named if _is_at(each, account, region)]
        if len(found) == 1:
            return found[0]
        places = ", ".join(sorted(map(_place, found or named)))
        if found:
            raise ConfigurationError(
                f"repository must be in one registry, got {repository!r}, which is in {places};"
                " name its account and Region"
            )
        if named:
            raise ConfigurationError(
                f"repository {repository!r} must be in the account and Region that are named,"
                f" got {account or 'any account'} and {region or 'any Region'}; it is in {places}"
            )
        names = [name for each in self._targets() for name in _names(each)]
        near = difflib.get_close_matches(repository, names, n=1)
        raise ConfigurationError(
            f"repository must be one of the assembly's {len(list(self._targets()))}, got"
            f" {repository!r}; "
            + (f"did you mean {near[0]!r}" if near else "write its name or construct path")
        )

    def _targets(self) -> Iterator[Target]:
        for registry in self._deployment.registries:
            for repository in registry.repositories:
                yield Target(registry, repository)


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
        repository: Its name or construct path.
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


_SPELLINGS = {action.lower(): action for action in actions.REPOSITORY | actions.REGISTRY}


def _several(context: Given | None) -> Values:
    """Return values by condition key; an empty one is none."""
    return {
        key.lower(): ((value,) if value else ()) if isinstance(value, str) else tuple(value)
        for key, value in (context or {}).items()
    }


def _names(target: Target) -> set[str]:
    repository, origin = target.repository, target.repository.origin
    names = set()
    if repository.repository_name is not None:
        names.add(str(repository.repository_name))
    if origin is not None:
        if repository.repository_name is None:
            names.add(origin.logical_id)
        if origin.construct_path is not None:
            names |= {origin.construct_path, origin.construct_path.removesuffix("/Resource")}
    return names


def _is_at(target: Target, account: str | None, region: str | None) -> bool:
    """Tell whether a repository is, or may turn out to be, in an account and Region."""
    registry = target.registry
    return all(
        wanted is None or not isinstance(known, str) or known == wanted
        for wanted, known in ((account, registry.account), (region, registry.region))
    )


def _place(target: Target) -> str:
    return f"{target.registry.account}/{target.registry.region}"
