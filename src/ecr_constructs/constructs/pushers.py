"""Who pushes to the repositories of a registry, and so signs what is pushed.

Layer: constructs.

Amazon ECR signs in the name of whoever pushes, so that a grant to push is half of
what it takes. The rules may be known before the grants or after them: each side is
remembered, and meets the other as that comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from ecr_constructs.model.signing import SigningRule
from ecr_constructs.model.unresolved import Text, is_token
from ecr_constructs.service import patterns, signing_actions


@dataclass(frozen=True, slots=True)
class Signer:
    """A rule of a registry, and the stack that defines it.

    Attributes:
        rule: What is signed with which profile.
        stack: The stack of the registry's owner.
        permit: Lets the profile be used by another account; None where it is not the
            registry's own.
        warn: Says that a principal cannot be allowed to sign from here, by its path.
    """

    rule: SigningRule
    stack: cdk.Stack
    permit: Callable[[str], None] | None
    warn: Callable[[str], None]


class Pushers:
    """Who pushes to the repositories of one registry, and what signs there."""

    def __init__(self) -> None:
        self._pushers: dict[tuple[Text | None, iam.IGrantable], None] = {}
        self._signers: list[Signer] = []
        self._allowed: set[tuple[iam.IGrantable, Text]] = set()

    def push(self, repository_name: Text | None, grantee: iam.IGrantable) -> None:
        """Note that somebody may push to a repository; None for a name that is made up."""
        self._pushers[repository_name, grantee] = None
        for signer in self._signers:
            self._meet(signer, repository_name, grantee)

    def sign(self, signer: Signer) -> None:
        """Note that images are signed."""
        self._signers.append(signer)
        for repository_name, grantee in self._pushers:
            self._meet(signer, repository_name, grantee)

    def allow(self, signer: Signer, grantee: iam.IGrantable) -> bool:
        """Allow somebody to sign with the profile of a rule, once, on both sides.

        An identity gets it in its own policy; another account, and an identity of
        one, in that of the profile.

        Returns:
            Whether there was anything to write; what takes a reference that cannot
            be counts, as it is warned of.
        """
        arn = signer.rule.signing_profile_arn
        if (grantee, arn) in self._allowed:
            return True
        principal = cast("Any", grantee.grant_principal)
        account = _account_of(principal)
        permits = signer.permit is not None and account not in {None, signer.stack.account}
        if signer.permit is not None and permits:
            signer.permit(str(account))
        stack = getattr(principal, "stack", None)
        if stack is None:
            return permits  # no identity of this app: it has no policy to write into from here
        self._allowed.add((grantee, arn))
        if is_token(arn) and not _can_refer(stack, signer.stack):
            signer.warn(principal.node.path)
            return True
        iam.Grant.add_to_principal(
            grantee=grantee, actions=[signing_actions.SIGN], resource_arns=[str(arn)]
        )
        return True

    def _meet(self, signer: Signer, repository_name: Text | None, grantee: iam.IGrantable) -> None:
        if signer.rule.signs(repository_name) is not False:
            self.allow(signer, grantee)


def _account_of(principal: Any) -> str | None:
    """Return the account of a principal; None where it has none or it is not known."""
    if isinstance(principal, iam.AccountRootPrincipal):
        return None  # the account of the stack
    is_account = isinstance(principal, iam.AccountPrincipal)
    name = "account_id" if is_account else "principal_account"
    account = getattr(principal, name, None)  # not every principal has one to ask for
    known = isinstance(account, str) and patterns.ACCOUNT_ID.fullmatch(account)
    return account if known else None


def _can_refer(user: cdk.Stack, owner: cdk.Stack) -> bool:
    """Tell whether a stack can use a value of another one that is known at deployment only."""
    if user is owner:
        return True
    if (user.account, user.region) != (owner.account, owner.region):
        return False
    return _stage_path(user) == _stage_path(owner)


def _stage_path(stack: cdk.Stack) -> str:
    stage = cdk.Stage.of(stack)
    return "" if stage is None else stage.node.path
