"""The pull through cache rules of a registry, each with the role that it takes.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_constructs.constructs.cfn_registry import CfnPullThroughCacheRule
from ecr_constructs.constructs.registry_context import RegistryContext, namespace_id
from ecr_constructs.constructs.service_role import service_role
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule, cache_rule_set_problems
from ecr_constructs.model.template_request import names_below, template_key
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.service import registry_actions


class PullThroughCacheRules:
    """The pull through cache rules of a registry.

    Args:
        context: The registry.
    """

    def __init__(self, context: RegistryContext) -> None:
        self._context = context
        #: Prefix -> the rule as it was asked for, its id, and who asked.
        self._rules: dict[str, tuple[PullThroughCacheRule, str, str]] = {}

    @property
    def prefixes(self) -> tuple[Text, ...]:
        """The prefixes of the rules, in the order of the alphabet."""
        return tuple(self._rules[key][0].ecr_repository_prefix for key in sorted(self._rules))

    def add(
        self,
        rule: PullThroughCacheRule,
        *,
        construct_id: str | None,
        more_problems: Iterable[Problem],
        by: str,
    ) -> CfnPullThroughCacheRule | None:
        """Define a rule, with the role that it takes to read another registry.

        Args:
            rule: The rule; without a role, one is made where it takes one.
            construct_id: Its id below the registry. Default: its prefix.
            more_problems: What else is wrong with what was given.
            by: The path of the construct that asks.

        Returns:
            The resource; None if another construct has asked for the same before.

        Raises:
            ConfigurationError: If ECR would refuse it, or another construct has
                asked for another rule with that prefix.
        """
        prefix = str(rule.ecr_repository_prefix)
        key, place = template_key(prefix), self._context.place
        chosen_id = construct_id or namespace_id(key)
        makes_role = _takes_role(rule)
        judged = rule
        if makes_role:
            judged = replace(rule, custom_role_arn=Unresolved.of("the role that is made for it"))
        problems = [
            *more_problems,
            *judged.problems(account=place.account, region=place.region),
            *cache_rule_set_problems([*(each for each, _, _ in self._others(key)), rule]),
        ]
        self._context.refuse(problems, by)
        known = self._rules.get(key)
        if known is not None:
            self._refuse_another(known, (rule, chosen_id, by))
            return None
        self._rules[key] = (rule, chosen_id, by)
        scope = Construct(self._namespace, chosen_id)
        if makes_role:
            rule = replace(rule, custom_role_arn=self._role(rule, scope).role_arn)
        self._context.warn(problems)
        return CfnPullThroughCacheRule(scope, "Resource", rule.to_cfn())

    @cached_property
    def _namespace(self) -> Construct:
        return Construct(self._context.owner, "PullThroughCaches")

    def _others(self, key: str) -> list[tuple[PullThroughCacheRule, str, str]]:
        return [each for prefix, each in self._rules.items() if prefix != key]

    @staticmethod
    def _refuse_another(
        known: tuple[PullThroughCacheRule, str, str], asked: tuple[PullThroughCacheRule, str, str]
    ) -> None:
        if known[:2] == asked[:2]:
            return
        raise ConfigurationError(
            f"a pull through cache must be defined once, got {known[0].ecr_repository_prefix!r} a"
            f" second time, with other settings: {known[2]} defines it; choose another"
            " ecr_repository_prefix, or give the same settings",
            path=asked[2],
        )

    def _role(self, rule: PullThroughCacheRule, scope: Construct) -> iam.Role:
        place, upstream = self._context.place, rule.upstream
        theirs = f"arn:{place.partition}:ecr:{upstream.region}:{upstream.account}:repository/"
        return service_role(
            scope,
            service="pullthroughcache.ecr.amazonaws.com",
            description=f"Reads {upstream.url} for the pull through cache"
            f" {rule.ecr_repository_prefix}",
            policy_name="Cache",
            statements=[
                {"Sid": "LogIn", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
                {
                    "Sid": "ReadUpstream",
                    "Action": sorted(registry_actions.CACHE_ROLE_UPSTREAM),
                    "Resource": f"{theirs}{names_below(rule.upstream_repository_prefix)}*",
                },
                {
                    "Sid": "WriteCache",
                    "Action": sorted(registry_actions.CACHE_ROLE_DOWNSTREAM),
                    "Resource": self._context.repositories(names_below(rule.ecr_repository_prefix)),
                },
            ],
        )


def _takes_role(rule: PullThroughCacheRule) -> bool:
    # Whether another Region of the same account takes one the guide says both ways; with one it
    # works either way.
    kind = rule.upstream.kind
    return kind is not None and kind.takes_role and rule.custom_role_arn is None
