"""One statement of a resource policy: who may do what, under which conditions.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeAlias

from ecr_constructs.model.json_shape import is_object
from ecr_constructs.model.policy_principal import (
    ANYONE,
    Principal,
    malformed,
    one_or_many,
    parse_principals,
    principals_to_document,
    several,
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

#: Members that go with all others: a statement of these has no two that exclude each other.
_COMMON: Final = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
_EXCLUSIVE: Final = tuple((name, f"Not{name}") for name in ("Principal", "Action", "Resource"))

#: The types of a :data:`Text`.
_TEXT: Final = (str, Unresolved)

#: How a string sorts. A construct passes a key that also tells apart tokens of several stacks.
SortKey: TypeAlias = Callable[[Text], str]

#: What a statement holds any number of.
_LISTS: Final = (
    *("principals", "not_principals", "actions", "not_actions"),
    *("resources", "not_resources", "conditions"),
)
_MEMBERS: Final = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"}
    | {"Resource", "NotResource", "Condition"}
)


class Effect(StrEnum):
    """What a statement does with a request that it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


_EFFECTS: Final = {str(effect): effect for effect in Effect}


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


def parse_statement(document: object, path: str) -> tuple[Statement | None, list[Problem]]:
    """Read one statement from JSON in which a value may be :class:`Unresolved`.

    Returns:
        The statement, or None where its shape is not IAM's, and what is wrong.
    """
    if not is_object(document):
        return None, [malformed(path, "a statement must be an object", document, "write {...}")]
    problems: list[Problem] = []
    if not document.keys() <= _COMMON:
        problems += _member_problems(document, path)
    effect = document.get("Effect")
    known_effect = _EFFECTS.get(effect) if isinstance(effect, str) else None
    if known_effect is None:
        message = "Effect must be 'Allow' or 'Deny'"
        problems.append(malformed(f"{path}.Effect", message, effect, "write 'Allow'"))
    conditions: tuple[Condition, ...] = ()
    if "Condition" in document:
        conditions = _conditions(document["Condition"], f"{path}.Condition", problems)
    sid = document.get("Sid")
    if sid is not None and not isinstance(sid, _TEXT):
        problems.append(malformed(f"{path}.Sid", "Sid must be a string", sid, "write a string"))
    statement = Statement(
        effect=known_effect or Effect.DENY,
        principals=_principals(document, "Principal", path, problems),
        not_principals=_principals(document, "NotPrincipal", path, problems),
        actions=_texts(document, "Action", path, problems),
        not_actions=_texts(document, "NotAction", path, problems),
        resources=_texts(document, "Resource", path, problems),
        not_resources=_texts(document, "NotResource", path, problems),
        conditions=conditions,
        sid=sid if isinstance(sid, _TEXT) else None,
    )
    return (None if problems else statement), problems


def _member_problems(document: Mapping[str, Any], path: str) -> Iterable[Problem]:
    """Yield the members that a statement does not have, and those that exclude each other."""
    for name in document:
        if name not in _MEMBERS:
            rule = f"{name} is no member of a statement"
            yield malformed(f"{path}.{name}", rule, name, "leave it out")
    for name, other in _EXCLUSIVE:
        if other in document and name in document:
            rule = f"{name} and {other} exclude each other"
            yield malformed(f"{path}.{other}", rule, name, "drop one")


def _principals(
    document: Mapping[str, Any], name: str, path: str, problems: list[Problem]
) -> tuple[Principal, ...]:
    value = document.get(name)
    if value is None:
        return ()
    parsed, wrong = parse_principals(value, f"{path}.{name}")
    problems += wrong
    return parsed


def _texts(
    document: Mapping[str, Any], name: str, path: str, problems: list[Problem]
) -> tuple[Text, ...]:
    value = document.get(name)
    if value is None:
        return ()
    entries = value if isinstance(value, list) else [value]
    texts = tuple([entry for entry in entries if isinstance(entry, _TEXT)])
    if len(texts) != len(entries):
        wanted = f"{name} must be a string or a list of strings"
        problems += (
            malformed(f"{path}.{name}", wanted, entry, "write strings")
            for entry in entries
            if not isinstance(entry, _TEXT)
        )
    return texts


def _conditions(value: object, path: str, problems: list[Problem]) -> tuple[Condition, ...]:
    if not is_object(value):
        problems.append(malformed(path, "Condition must be an object", value, "write {...}"))
        return ()
    conditions: list[Condition] = []
    for operator, keys in value.items():
        if not is_object(keys):
            wanted = f"{operator} must hold condition keys"
            problems.append(malformed(f"{path}.{operator}", wanted, keys, "write {key: value}"))
            continue
        for key, entries in keys.items():
            values = entries if isinstance(entries, list) else [entries]
            texts = tuple([text for text in map(_as_text, values) if text is not None])
            if len(texts) == len(values):
                conditions.append(Condition(operator, key, texts))
            else:
                wanted = f"{key} must compare to strings"
                problems.append(
                    malformed(f"{path}.{operator}.{key}", wanted, entries, "write strings")
                )
    return tuple(conditions)


def _as_text(value: object) -> Text | None:
    """Return a condition's value; IAM takes booleans and numbers for their text."""
    if isinstance(value, _TEXT):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else None


def _ordered(values: Sequence[Any], key: Callable[[Any], Any]) -> tuple[Any, ...]:
    # Most lists of a statement are empty.
    return tuple(sorted(dict.fromkeys(values), key=key)) if values else ()
