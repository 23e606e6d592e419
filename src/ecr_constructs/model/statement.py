"""One statement of a resource policy: who may do what, under which conditions.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeAlias

from ecr_constructs.model.policy_principal import (
    ANYONE,
    Principal,
    one_or_many,
    principals_to_document,
    several,
)
from ecr_constructs.model.unresolved import Text, is_known

__all__ = [
    "ANYONE",
    "Condition",
    "Effect",
    "Principal",
    "SortKey",
    "Statement",
]

#: How a string sorts. A construct passes a key that also tells apart tokens of several stacks.
SortKey: TypeAlias = Callable[[Text], str]

#: What a statement holds any number of.
_LISTS: Final = (
    *("principals", "not_principals", "actions", "not_actions"),
    *("resources", "not_resources", "conditions"),
)


class Effect(StrEnum):
    """What a statement does with a request that it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: the request's ``key`` must compare to one of ``values``."""

    operator: str
    key: str
    values: tuple[Text, ...]

    def __post_init__(self) -> None:
        if type(self.values) is not tuple:
            object.__setattr__(self, "values", several(self.values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a resource policy.

    Attributes:
        effect: Allow or deny.
        principals: Who the statement is about.
        not_principals: Everybody but these; exclusive with ``principals``.
        actions: Actions such as ``ecr:PutImage``; may hold wildcards.
        not_actions: Every action but these.
        resources: ARNs. A repository policy has none: it acts on its repository.
        not_resources: Every resource but these.
        conditions: All must hold; each holds when one of its values matches.
        sid: An id, unique within the policy. Statements without one may be
            folded with others of the same effect, actions and conditions.
    """

    effect: Effect = Effect.ALLOW
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    actions: tuple[Text, ...] = ()
    not_actions: tuple[Text, ...] = ()
    resources: tuple[Text, ...] = ()
    not_resources: tuple[Text, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sid: Text | None = None

    def __post_init__(self) -> None:
        for name in _LISTS:
            value = getattr(self, name)
            if type(value) is not tuple:
                object.__setattr__(self, name, several(value))

    @property
    def has_variables(self) -> bool:
        """Whether a resource or a condition's value holds a policy variable, ``${aws:...}``."""
        texts = [*self.resources, *self.not_resources]
        texts += (value for condition in self.conditions for value in condition.values)
        return any(
            "${" in part
            for text in texts
            for part in ([text] if isinstance(text, str) else text.parts)
            if isinstance(part, str) and is_known(part)
        )

    def has_condition(self, *keys: str) -> bool:
        """Tell whether one of the condition keys occurs; keys are not case-sensitive."""
        wanted = {key.lower() for key in keys}
        return any(condition.key.lower() in wanted for condition in self.conditions)

    def normalise(self, *, partition: str = "aws", key: SortKey = str) -> Statement:
        """Return the statement in the one form of its meaning.

        Account ids become root ARNs of ``partition``, repeated entries fall
        away, and lists stand in the order of ``key``.
        """

        def principals(values: Iterable[Principal]) -> tuple[Principal, ...]:
            return _ordered(
                [value.as_arn(partition) for value in values], lambda p: (p.type, key(p.value))
            )

        def texts(values: Sequence[Text]) -> tuple[Text, ...]:
            return _ordered(values, key)

        return replace(
            self,
            principals=principals(self.principals),
            not_principals=principals(self.not_principals),
            actions=texts(self.actions),
            not_actions=texts(self.not_actions),
            resources=texts(self.resources),
            not_resources=texts(self.not_resources),
            conditions=_ordered(
                [replace(c, values=texts(c.values)) for c in self.conditions],
                lambda c: (c.operator, c.key, tuple(map(key, c.values))),
            ),
        )

    def to_document(self) -> dict[str, Any]:
        """Return the statement as IAM spells it; a list of one is written as a string."""
        document: dict[str, Any] = {}
        if self.sid is not None:
            document["Sid"] = self.sid
        document["Effect"] = str(self.effect)
        for name, principals in (
            ("Principal", self.principals),
            ("NotPrincipal", self.not_principals),
        ):
            if principals:
                document[name] = principals_to_document(principals)
        for name, values in (
            ("Action", self.actions),
            ("NotAction", self.not_actions),
            ("Resource", self.resources),
            ("NotResource", self.not_resources),
        ):
            if values:
                document[name] = one_or_many(values)
        if self.conditions:
            block: dict[str, dict[str, Any]] = {}
            for condition in self.conditions:
                operator = block.setdefault(condition.operator, {})
                operator[condition.key] = one_or_many(condition.values)
            document["Condition"] = block
        return document


def _ordered(values: Sequence[Any], key: Callable[[Any], Any]) -> tuple[Any, ...]:
    # Most lists of a statement are empty.
    return tuple(sorted(dict.fromkeys(values), key=key)) if values else ()
