"""One entry of a policy's ``Principal`` element.

Layer: model; imports ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ecr_constructs.model.json_shape import is_object
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.service import patterns

#: The types of a :data:`Text`.
_TEXT: Final = (str, Unresolved)
#: What an entry can name; IAM knows no other words.
_TYPES: Final = ("AWS", "Service", "Federated", "CanonicalUser")


@dataclass(frozen=True, slots=True)
class Principal:
    """One entry of a ``Principal`` element.

    Attributes:
        type: ``AWS``, ``Service``, ``Federated`` or ``CanonicalUser``.
        value: An ARN, an account id, a service's name, or ``*`` for anyone.
    """

    type: str
    value: Text

    @property
    def account(self) -> Text | None:
        """The account of an ``AWS`` principal; None for anyone and for services."""
        if self.type != "AWS" or self.value == "*":
            return None
        if isinstance(self.value, str) and patterns.ACCOUNT_ID.fullmatch(self.value):
            return self.value
        if not is_known(self.value) and isinstance(self.value, str):
            return Unresolved.of(self.value)
        fields = self.value.split(":")
        return fields[4] if len(fields) > 4 else Unresolved.of(str(self.value))  # noqa: PLR2004 - the fifth field of an ARN

    @property
    def is_anyone(self) -> bool:
        """Whether this is ``*``, which names everybody, with or without an AWS account."""
        return self.type == "AWS" and self.value == "*"

    def as_arn(self, partition: str) -> Principal:
        """Return an account's id as the ARN of its root, which means the same; others as is."""
        value = self.value
        if self.type == "AWS" and isinstance(value, str) and patterns.ACCOUNT_ID.fullmatch(value):
            return Principal("AWS", f"arn:{partition}:iam::{value}:root")
        return self


ANYONE: Final = Principal("AWS", "*")


def parse_principals(value: object, path: str) -> tuple[tuple[Principal, ...], list[Problem]]:
    """Read a ``Principal`` element; what is malformed in it is left out."""
    if value is None:
        return (), []
    if value == "*":
        return (ANYONE,), []
    if isinstance(value, Unresolved):
        return (Principal("AWS", value),), []
    if not is_object(value):
        return (), [malformed(path, "a principal must be '*' or an object", value, "write {...}")]
    principals: list[Principal] = []
    problems: list[Problem] = []
    for kind, entries in value.items():
        if kind not in _TYPES:
            wanted = f"a principal must be one of {', '.join(_TYPES)}"
            problems.append(malformed(f"{path}.{kind}", wanted, kind, _fix(kind)))
            continue
        for entry in entries if isinstance(entries, list) else [entries]:
            if isinstance(entry, _TEXT):
                principals.append(Principal(kind, entry))
            else:
                wanted = "a principal must be a string"
                problems.append(malformed(f"{path}.{kind}", wanted, entry, "write an ARN"))
    return tuple(principals), problems


def principals_to_document(principals: tuple[Principal, ...]) -> str | dict[str, Any]:
    """Return a ``Principal`` element as IAM spells it."""
    if principals == (ANYONE,):
        return "*"
    by_type: dict[str, list[Text]] = {}
    for principal in principals:
        by_type.setdefault(principal.type, []).append(principal.value)
    return {kind: one_or_many(tuple(values)) for kind, values in by_type.items()}


def one_or_many(values: tuple[Text, ...]) -> Text | list[Text]:
    """Return a list as IAM spells it: one entry alone as a string."""
    return values[0] if len(values) == 1 else list(values)


def several(given: Any) -> tuple[Any, ...]:
    """Return a list as a tuple, and one value as one of one: a text is no list of letters."""
    if isinstance(given, Iterable) and not isinstance(given, str):
        return tuple(given)
    return (given,)


def malformed(path: str, rule: str, value: object, fix: str) -> Problem:
    """Return the problem that a document is no policy."""
    return Problem(id="policy-grammar", path=path, message=f"{rule}, got {value!r}", fix=fix)


def _fix(kind: object) -> str:
    meant = next((known for known in _TYPES if known.lower() == str(kind).lower()), None)
    return f"write {meant!r}" if meant else "write 'AWS' for accounts, roles and users"
