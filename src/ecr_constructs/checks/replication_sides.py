"""The two sides of replication: what a registry sends, and what the other one says to it.

Layer: checks; imports ``model``.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ecr_constructs.checks.facts import Facts, owners
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.replication import Destination, Replication
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.repository_filter import ROOT, covers
from ecr_constructs.model.statement import ANYONE, Effect, Statement
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.service import actions

_REPOSITORY: str = ":repository/"


@dataclass(frozen=True, slots=True)
class Side:
    """What one rule sends to one registry.

    Attributes:
        source: Where it is pushed.
        origin: The resource that sets the source's replication.
        destination: Where it goes.
        target: The registry there; None where the assembly does not hold it.
        prefixes: What the names begin with, as far as known; ``""`` for all.
        path: The rule, below ``Properties``.
    """

    source: Registry
    origin: Origin
    destination: Destination
    target: Registry | None
    prefixes: tuple[str, ...]
    path: str

    @property
    def crosses_accounts(self) -> bool | None:
        """Whether the destination is another account; None where it cannot be told."""
        mine, theirs = self.source.account, self.destination.registry_id
        if mine == theirs:
            return False
        return True if is_known(mine) and is_known(theirs) else None

    @property
    def names(self) -> list[str]:
        """The repositories of the source that the rule is known to take."""
        return [
            name
            for name in (each.repository_name for each in self.source.repositories)
            if isinstance(name, str) and is_known(name) and name.startswith(self.prefixes)
        ]

    def creates(self, target: Registry) -> bool:
        """Tell whether the destination may have to create a repository for it."""
        there = {each.repository_name for each in target.repositories}
        return not self.names or not there.issuperset(self.names)

    def ungoverned(self, target: Registry) -> list[str]:
        """Return the names and prefixes for which no template of the destination is known."""
        templates = [t for t in target.creation_templates if _is_applied(t)]
        wide = [prefix for prefix in self.prefixes if not _governs(templates, prefix)]
        there = {each.repository_name for each in target.repositories}
        missing = [
            name
            for name in self.names
            if name.startswith(tuple(wide))
            and name not in there
            and not any(_covers(template, name) for template in templates)
        ]
        return missing if self.names else [f"{prefix}*" for prefix in wide]


def may_govern(target: Registry) -> bool:
    """Tell whether a registry has a template of which not all is known."""
    return any(
        not is_known(template.prefix) or not all(map(is_known, template.applied_for))
        for template in target.creation_templates
    )


def sides(facts: Facts) -> Iterator[Side]:
    """Yield what each registry sends to each other one, and not what it sends to itself."""
    places = {(str(r.region), str(r.account)): r for r in facts.deployment.registries}
    for registry in facts.deployment.registries:
        if not isinstance(registry.replication, Replication):
            continue
        for origin in owners(registry, "replication"):
            for index, rule in enumerate(registry.replication.rules):
                known = [f for f in rule.repository_filters if isinstance(f, str) and is_known(f)]
                for destination in rule.destinations:
                    if destination == Destination(registry.region, registry.account):
                        continue
                    place = (str(destination.region), str(destination.registry_id))
                    yield Side(
                        source=registry,
                        origin=origin,
                        destination=destination,
                        target=places.get(place),
                        prefixes=tuple(known) if rule.repository_filters else ("",),
                        path=f"ReplicationConfiguration.Rules[{index}]",
                    )


def allows(policy: Policy, account: Text, action: str, prefixes: Sequence[str]) -> bool | None:
    """Tell whether a registry policy lets an account do something with all that it sends.

    Args:
        policy: The policy.
        account: The account that asks.
        action: Such as ``"ecr:ReplicateImage"``.
        prefixes: What the names of its repositories begin with.

    Returns:
        None where a condition or what is not known decides.
    """
    denied = _any(policy, Effect.DENY, account, action, prefixes)
    allowed = _any(policy, Effect.ALLOW, account, action, prefixes)
    if denied or allowed is False:
        return False
    return None if denied is None else allowed


def _any(
    policy: Policy, effect: Effect, account: Text, action: str, prefixes: Sequence[str]
) -> bool | None:
    """Tell whether a statement of an effect is sure to hold; None where one may."""
    answer: bool | None = False
    for statement in policy.statements:
        if statement.effect is not effect:
            continue
        answers = (
            _is_about(statement, action),
            _names_account(statement, account),
            _reach(statement, prefixes),
        )
        if False in answers:
            continue
        if None not in answers and not statement.conditions:
            return True
        answer = None
    return answer


def _is_about(statement: Statement, action: str) -> bool | None:
    given = statement.not_actions or statement.actions
    named = any(_names(each, action) for each in given if isinstance(each, str))
    if not named and any(isinstance(each, Unresolved) for each in given):
        return None
    return named is not bool(statement.not_actions)


def _names_account(statement: Statement, account: Text) -> bool | None:
    """Tell whether a statement is about an account as a whole, as whom replication comes."""
    if statement.not_principals:
        return None
    if ANYONE in statement.principals:
        return True
    answer: bool | None = False
    for principal in statement.principals:
        if principal.account == account and str(principal.value).endswith((":root", str(account))):
            return True
        if principal.account == account or isinstance(principal.account, Unresolved):
            answer = None
    return answer


def _names(pattern: str, action: str) -> bool:
    return action in actions.expand(pattern, frozenset({action}))


def _reach(statement: Statement, prefixes: Sequence[str]) -> bool | None:
    """Tell whether a statement is about every repository whose name has one of the prefixes."""
    if statement.not_resources or not statement.resources:
        return None
    answers = [_reach_of(statement.resources, prefix) for prefix in prefixes]
    if answers and all(answer is True for answer in answers):
        return True
    return False if all(answer is False for answer in answers) else None


def _reach_of(resources: Iterable[Text], prefix: str) -> bool | None:
    answer: bool | None = False
    for resource in resources:
        known = resource if isinstance(resource, str) else resource.text
        name = "*" if known == "*" else known.partition(_REPOSITORY)[2]
        start, star, _ = name.partition("*")
        if not is_known(resource) and not star:
            answer = None
        elif star and prefix.startswith(start):
            return True
        elif start.startswith(prefix):
            answer = None
    return answer


def _is_applied(template: CreationTemplate) -> bool:
    return AppliedFor.REPLICATION in template.applied_for


def _governs(templates: Iterable[CreationTemplate], prefix: str) -> bool:
    """Tell whether templates cover every name that begins with a prefix."""
    return any(
        template.prefix == ROOT
        or (isinstance(template.prefix, str) and covers(template.prefix, f"{prefix.rstrip('/')}/"))
        for template in templates
    )


def _covers(template: CreationTemplate, name: str) -> bool:
    return isinstance(template.prefix, str) and covers(template.prefix, name)
