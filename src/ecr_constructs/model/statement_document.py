"""Read one statement of a policy from JSON, and tell what is no statement in it.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ecr_constructs.model.json_shape import is_object
from ecr_constructs.model.policy_principal import Principal, malformed, parse_principals
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.statement import Condition, Effect, Statement
from ecr_constructs.model.unresolved import Text, Unresolved

_MEMBERS: Final = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"}
    | {"Resource", "NotResource", "Condition"}
)
#: Members that go with all others: a statement of these has no two that exclude each other.
_COMMON: Final = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
_EXCLUSIVE: Final = tuple((name, f"Not{name}") for name in ("Principal", "Action", "Resource"))
_EFFECTS: Final = {str(effect): effect for effect in Effect}

#: The types of a :data:`Text`.
_TEXT: Final = (str, Unresolved)


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
