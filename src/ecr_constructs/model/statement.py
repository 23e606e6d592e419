"""One statement of a resource policy: who may do what, under which conditions.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeAlias

from ecr_constructs.model.policy_principal import (
    ANYONE,
    Principal,
    malformed,
    one_or_many,
    parse_principals,
    principals_to_document,
)
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.unresolved import Text, Unresolved, is_known

__all__ = [
    "ANYONE",
    "Condition",
    "Effect",
    "Principal",
    "SortKey",
    "Statement",
    "parse_statement",
]

#: How a string sorts. A construct passes a key that also tells apart tokens of several stacks.
SortKey: TypeAlias = Callable[[Text], str]

_MEMBERS: Final = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"}
    | {"Resource", "NotResource", "Condition"}
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
                (value.as_arn(partition) for value in values), lambda p: (p.type, key(p.value))
            )

        def texts(values: Iterable[Text]) -> tuple[Text, ...]:
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
                (replace(c, values=texts(c.values)) for c in self.conditions),
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


def parse_statement(document: object, path: str) -> tuple[Statement | None, list[Problem]]:
    """Read one statement from JSON in which a value may be :class:`Unresolved`.

    Returns:
        The statement, or None where its shape is not IAM's, and what is wrong.
    """
    if not isinstance(document, Mapping):
        return None, [malformed(path, "a statement must be an object", document, "write {...}")]
    problems = [
        malformed(f"{path}.{name}", f"{name} is no member of a statement", name, "leave it out")
        for name in document
        if name not in _MEMBERS
    ]
    problems += (
        malformed(f"{path}.Not{name}", f"{name} and Not{name} exclude each other", name, "drop one")
        for name in ("Principal", "Action", "Resource")
        if name in document and f"Not{name}" in document
    )

    def texts(name: str) -> tuple[Text, ...]:
        value = document.get(name)
        entries = [] if value is None else value if isinstance(value, list) else [value]
        for entry in entries:
            if not isinstance(entry, str | Unresolved):
                wanted = f"{name} must be a string or a list of strings"
                problems.append(malformed(f"{path}.{name}", wanted, entry, "write strings"))
        return tuple(entry for entry in entries if isinstance(entry, str | Unresolved))

    def principals(name: str) -> tuple[Principal, ...]:
        parsed, wrong = parse_principals(document.get(name), f"{path}.{name}")
        problems.extend(wrong)
        return parsed

    effect = document.get("Effect")
    if effect not in tuple(Effect):
        message = "Effect must be 'Allow' or 'Deny'"
        problems.append(malformed(f"{path}.Effect", message, effect, "write 'Allow'"))
    conditions, wrong = _parse_conditions(document.get("Condition", {}), f"{path}.Condition")
    problems.extend(wrong)
    sid = document.get("Sid")
    if sid is not None and not isinstance(sid, str | Unresolved):
        problems.append(malformed(f"{path}.Sid", "Sid must be a string", sid, "write a string"))
    statement = Statement(
        effect=Effect(effect) if effect in tuple(Effect) else Effect.DENY,
        principals=principals("Principal"),
        not_principals=principals("NotPrincipal"),
        actions=texts("Action"),
        not_actions=texts("NotAction"),
        resources=texts("Resource"),
        not_resources=texts("NotResource"),
        conditions=conditions,
        sid=sid if isinstance(sid, str | Unresolved) else None,
    )
    return (None if problems else statement), problems


def _parse_conditions(value: object, path: str) -> tuple[tuple[Condition, ...], list[Problem]]:
    if not isinstance(value, Mapping):
        return (), [malformed(path, "Condition must be an object", value, "write {...}")]
    conditions: list[Condition] = []
    problems: list[Problem] = []
    for operator, keys in value.items():
        if not isinstance(keys, Mapping):
            wanted = f"{operator} must hold condition keys"
            problems.append(malformed(f"{path}.{operator}", wanted, keys, "write {key: value}"))
            continue
        for key, entries in keys.items():
            values = entries if isinstance(entries, list) else [entries]
            # IAM takes booleans and numbers for their text.
            texts = [
                str(v).lower()
                if isinstance(v, bool)
                else str(v)
                if isinstance(v, int | float)
                else v
                for v in values
            ]
            if all(isinstance(text, str | Unresolved) for text in texts):
                conditions.append(Condition(operator, key, tuple(texts)))
            else:
                wanted = f"{key} must compare to strings"
                problems.append(
                    malformed(f"{path}.{operator}.{key}", wanted, entries, "write strings")
                )
    return tuple(conditions), problems


def _ordered(values: Iterable[Any], key: Callable[[Any], Any]) -> tuple[Any, ...]:
    return tuple(sorted(dict.fromkeys(values), key=key))
