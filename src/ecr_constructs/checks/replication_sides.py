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

    def creates(self) -> bool:
        """Tell whether the destination may have to create a repository for it."""
        if self.target is None or not self.names:
            return True
        there = {each.repository_name for each in self.target.repositories}
        return not there.issuperset(self.names)

    def ungoverned(self) -> list[str]:
        """Return the names and prefixes for which no template of the destination is known."""
        if self.target is None:
            return []
        templates = [t for t in self.target.creation_templates if _is_applied(t)]
        wide = [prefix for prefix in self.prefixes if not _governs(templates, prefix)]
        there = {each.repository_name for each in self.target.repositories}
        missing = [
            name
            for name in self.names
            if name.startswith(tuple(wide))
            and name not in there
            and not any(_covers(template, name) for template in templates)
        ]
        return missing if self.names else [f"{prefix}*" for prefix in wide]

    def may_be_governed(self) -> bool:
        """Tell whether a template of which not all is known may be for what none is known for."""
        return self.target is not None and any(
            not is_known(template.prefix) or not all(map(is_known, template.applied_for))
            for template in self.target.creation_templates
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
    answer: bool | None = False
    about = [s for s in policy.statements if _is_about(s, account, action) is not False]
    for statement in about:
        reach = _reach(statement, prefixes)
        certain = _is_about(statement, account, action) is True and not statement.conditions
        if statement.effect is Effect.DENY:
            if reach is not False:
                return False if certain and reach else None
        elif reach and certain:
            answer = True
        elif reach is not False and answer is False:
            answer = None
    return answer


def _is_about(statement: Statement, account: Text, action: str) -> bool | None:
    if statement.not_actions:
        named = not any(_names(a, action) for a in statement.not_actions if isinstance(a, str))
    else:
        named = any(_names(a, action) for a in statement.actions if isinstance(a, str))
    if not named:
        return None if any(isinstance(a, Unresolved) for a in statement.actions) else False
    if ANYONE in statement.principals:
        return True
    if statement.not_principals:
        return None
    owners_ = [principal.account for principal in statement.principals]
    if account in owners_:
        return True
    return None if any(isinstance(owner, Unresolved) for owner in owners_) else False


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
