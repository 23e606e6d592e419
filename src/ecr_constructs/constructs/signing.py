"""Which images of a registry are signed as they are pushed, and who may sign them.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_signer as signer
from constructs import Node

from ecr_constructs.constructs._jsii import referenced
from ecr_constructs.constructs.cfn_registry import (
    CfnSigningConfiguration,
    record_exemptions,
    write_properties,
)
from ecr_constructs.constructs.pushers import Signer
from ecr_constructs.constructs.registry_context import RegistryContext, child
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.signing import Signing, SigningRule
from ecr_constructs.model.signing_merge import unite
from ecr_constructs.model.unresolved import Text, Unresolved, is_token
from ecr_constructs.service import signing_actions

_NO_RULES: Final = Signing().to_cfn()
#: Stands for the ARN of the registry's own profile until that is made.
OWN_PROFILE: Final = Unresolved.of("the registry's own signing profile")


class SigningRules:
    """Which images of a registry are signed, by whoever asks for it.

    Args:
        context: The registry.
        cache_prefixes: Returns the prefixes of its pull through cache rules.
    """

    def __init__(
        self, context: RegistryContext, cache_prefixes: Callable[[], Iterable[Text]]
    ) -> None:
        self._context = context
        self._cache_prefixes = cache_prefixes
        self._rules: tuple[SigningRule, ...] = ()
        self._cfn: CfnSigningConfiguration | None = None

    @property
    def node(self) -> Node:
        """The owner's node."""
        return self._context.node

    def add(self, rule: SigningRule, *, by: str) -> None:
        """Add a rule.

        Args:
            rule: What is signed; with :data:`OWN_PROFILE`, the registry gets a profile.
            by: The path of the construct that contributes.

        Raises:
            ConfigurationError: If ECR would refuse it, by itself or together with
                the others, or its profile lies in another stack.
        """
        region = self._context.place.region
        together = Signing(rules=unite((*self._rules, rule))).problems(region=region)
        self._context.refuse(
            [
                *rule.problems(region=region),
                *self._elsewhere_problems(rule.signing_profile_arn),
                *(problem for problem in together if problem.path in {"rules", "signing"}),
            ],
            by,
        )
        self._rules = (*self._rules, rule)
        if self._cfn is None:
            self._cfn = CfnSigningConfiguration(self._context.owner, "Signing", _NO_RULES)
            record_exemptions(self._cfn, self._context.beside)
        self._context.ledger.slot.pushers.sign(self._signer(rule))
        self._context.ledger.schedule(self)

    def allow(self, rule: SigningRule, grantee: iam.IGrantable, *, by: str) -> None:
        """Allow somebody to sign with the profile of a rule that was added.

        Args:
            rule: The rule.
            grantee: Who.
            by: The path of the construct that contributes.

        Raises:
            ConfigurationError: If there is nothing that could be written for them.
        """
        if not self._context.ledger.slot.pushers.allow(self._signer(rule), grantee):
            problem = problem_at(
                "grantees",
                "allow_signing(...) must be given identities of the app, or another account where"
                " the registry made the profile, got what has no policy to write into:"
                f" {type(grantee).__name__}",
                f"allow {signing_actions.SIGN!r} where it is defined",
            )
            self._context.refuse([problem], by)

    def write_at_synthesis(self) -> None:
        """Write the rules into their resource; the library calls it at synthesis."""
        assert self._cfn is not None
        value = Signing(rules=unite(map(self._written, self._rules), key=self._context.ledger.key))
        write_properties(self._cfn, value.to_cfn(), _NO_RULES)
        self._context.warn(
            value.problems(
                region=self._context.place.region, pull_through_prefixes=self._cache_prefixes()
            )
        )

    @cached_property
    def _own_profile(self) -> signer.CfnSigningProfile:
        """The registry's own profile, which is made when it is first needed.

        Its name is known, so that stacks that push can name it without waiting for
        this one, which may wait for them.
        """
        profile = signer.CfnSigningProfile(
            self._context.owner, "SigningProfile", platform_id=signing_actions.PLATFORM
        )
        profile.profile_name = cdk.Names.unique_resource_name(
            profile,
            max_length=signing_actions.PROFILE_NAME_MAX,
            separator="_",
            allowed_special_characters="_",
        )
        profile.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        return profile

    def _written(self, rule: SigningRule) -> SigningRule:
        """Return a rule as the registry's stack writes it, which waits for its own profile."""
        if rule.signing_profile_arn is not OWN_PROFILE:
            return rule
        return replace(rule, signing_profile_arn=self._own_profile.attr_arn)

    def _signer(self, rule: SigningRule) -> Signer:
        stack = self._context.ledger.stack
        if rule.signing_profile_arn is not OWN_PROFILE:
            return Signer(rule, stack, None, self._warn_of)
        place = self._context.place
        arn = (
            f"arn:{place.partition}:signer:{place.region}:{place.account}:/signing-profiles/"
            f"{self._own_profile.profile_name}"
        )
        return Signer(replace(rule, signing_profile_arn=arn), stack, self._permit, self._warn_of)

    def _permit(self, account: str) -> None:
        """Let another account use the registry's own profile; it ends when it is not asked for."""
        scope = child(self._context.owner, "SigningPermissions")
        if scope.node.try_find_child(account) is None:
            signer.CfnProfilePermission(
                scope,
                account,
                action=signing_actions.SIGN,
                principal=account,
                profile_name=self._own_profile.attr_profile_name,
                statement_id=f"SignFor{account}",
            )

    def _warn_of(self, path: str) -> None:
        self._context.warn(
            [
                Problem(
                    id="signing-pusher",
                    message="whoever pushes what is signed must be allowed"
                    f" {signing_actions.SIGN!r} on its profile, got {path} in another account,"
                    " Region or stage, where the ARN of the profile is not known",
                    fix="give the registry's stack a concrete account and Region and leave"
                    " signing_profile out, or write its ARN out",
                    severity=Severity.WARNING,
                )
            ]
        )

    def _elsewhere_problems(self, arn: Text) -> Iterator[Problem]:
        if not isinstance(arn, str) or not is_token(arn):
            return
        stack = self._context.ledger.stack
        for construct in referenced(arn, stack):
            if cdk.Stack.of(construct) is not stack:
                # What this stack waits for must not use anything of it.
                yield problem_at(
                    "signing_profile",
                    "signing_profile must not be a construct of another stack than the registry's,"
                    " as the two stacks would wait for each other, got"
                    f" {construct.node.path.removesuffix('/Resource')}",
                    "write its ARN out, or leave it out: the registry makes a profile",
                )
