"""Lifecycle policies: which images of a repository expire or are archived, and when.

Layer: model; imports ``errors``, ``service`` and the grammar.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
"""

from __future__ import annotations

import functools
import json
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn, cast, final

from ecr_constructs.errors import PolicyDocumentError
from ecr_constructs.model.json_shape import wrong
from ecr_constructs.model.lifecycle_document import compact_json, document_problems, found_in
from ecr_constructs.model.lifecycle_grammar import (
    ActionType,
    CountType,
    StorageClass,
    TagStatus,
)
from ecr_constructs.model.lifecycle_rule import LifecycleRule
from ecr_constructs.model.lifecycle_sound import read_sound
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.unresolved import Unresolved, is_token
from ecr_constructs.model.words import shown

__all__: Final = [
    "ActionType",
    "CountType",
    "LifecyclePolicy",
    "LifecycleRule",
    "StorageClass",
    "TagStatus",
    "document_problems",
    "text_problems",
]


@final
@dataclass(frozen=True, slots=True)
class LifecyclePolicy:
    """A lifecycle policy: up to 50 rules, applied in the order of their priorities.

    A rule without a priority gets one: the rules are numbered in the order
    given, after the highest priority that is given, and rules for ``any``
    image come last, as ECR demands. The order of rules is meaning: an image
    that a rule selects by its tags is out of reach of all later rules of the
    same storage class, whether the first one acts on it or not.

    Attributes:
        rules: The rules, 1 to 50; any iterable is taken and kept as a tuple.

    Example:
        >>> policy = LifecyclePolicy.of(
        ...     LifecycleRule.expire_untagged(older_than_days=7),
        ...     LifecycleRule.keep_newest(50, tag_patterns=["v*"]),
        ... )
        >>> [rule.rule_priority for rule in policy.normalise().rules]
        [1, 2]
    """

    rules: tuple[LifecycleRule, ...]
    # How the rules are spelled and what is wrong with them, told once: both are asked for again
    # and again.
    _spelled: _Spelling | None = field(default=None, init=False, repr=False, compare=False)
    _found: tuple[Problem, ...] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        given = cast("object", self.rules)
        object.__setattr__(self, "rules", tuple(given) if isinstance(given, Iterable) else (given,))

    @classmethod
    def of(cls, *rules: LifecycleRule) -> LifecyclePolicy:
        """Return a policy of the rules, numbered in this order where they have no priority."""
        return cls(rules)

    @classmethod
    def from_json(cls, text: str) -> LifecyclePolicy:
        """Return the policy that a JSON text holds.

        Raises:
            PolicyDocumentError: If it is no JSON or ECR would refuse it; the
                message tells all problems, ``path`` is that of the first.
        """
        document, problems = _parse(text)
        _refuse(problems)
        return cls.from_document(document)

    @classmethod
    def from_document(cls, document: object) -> LifecyclePolicy:
        """Return the policy that a parsed JSON document holds.

        Raises:
            PolicyDocumentError: If ECR would refuse it; the message tells all
                problems, ``path`` is that of the first.
        """
        rules, problems = read_sound(document), []
        if rules is None:
            problems = found_in(document)
            _refuse(problems)
            assert isinstance(document, Mapping)
            rules = tuple(LifecycleRule.from_document(rule) for rule in document["rules"])
        policy = cls(rules)
        policy._knowing(problems)
        return policy

    def _knowing(self, problems: Iterable[Problem]) -> None:
        """Note what is wrong with the policy, which is what is wrong with its document."""
        object.__setattr__(self, "_found", tuple(problems))

    @classmethod
    def from_cfn(cls, resolved: object) -> LifecyclePolicy | Unresolved:
        """Return the policy of a template's property.

        Args:
            resolved: ``LifecyclePolicy`` of ``AWS::ECR::Repository``, an object
                with ``LifecyclePolicyText``, or of
                ``AWS::ECR::RepositoryCreationTemplate``, the text itself.

        Returns:
            The policy, or the text where it is known only at deployment.

        Raises:
            PolicyDocumentError: If it is no policy that ECR takes.
        """
        text = resolved.get("LifecyclePolicyText") if isinstance(resolved, Mapping) else resolved
        if isinstance(text, Unresolved):
            return text
        if not isinstance(text, str):
            raise PolicyDocumentError(
                f"LifecyclePolicyText must be a string, got {text!r}; write the policy as JSON text"
            )
        return cls.from_json(text)

    def _spelling(self) -> _Spelling:
        spelled = self._spelled
        if spelled is None:
            spelled = _Spelling(self.rules)
            object.__setattr__(self, "_spelled", spelled)
        return spelled

    def to_document(self) -> dict[str, Any]:
        """Return the policy as AWS spells it, normalised: explicit priorities, no nulls."""
        return _document(self.normalise().rules)

    def to_json(self) -> str:
        """Return the compact canonical text, the same for policies of the same meaning."""
        return _texts(self._spelling())

    def to_cfn(self) -> dict[str, str]:
        """Return the property ``LifecyclePolicy`` of ``AWS::ECR::Repository``."""
        return {"LifecyclePolicyText": self.to_json()}

    def problems(self) -> list[Problem]:
        """Return what ECR would refuse; paths count the rules from 0 in the order given."""
        if self._found is None:
            self._knowing(self._misfits() or _problems(self._spelling()))
        return list(self._found or ())

    def _misfits(self) -> list[Problem]:
        """Return what is given as a rule and is none."""
        return [
            Problem(
                id="rule",
                path=f"rules[{index}]",
                message=f"a rule must be a LifecycleRule, got {shown(rule)}",
                fix="write LifecyclePolicy.of(LifecycleRule.keep_newest(50), ...), without a list",
            )
            for index, rule in enumerate(self.rules)
            if not _is_rule(rule)
        ]

    def normalise(self) -> LifecyclePolicy:
        """Return the same policy in its one canonical form.

        Priorities are explicit, rules stand in their order (the order in which
        ECR returns them), tag lists are sorted and without repetition, and
        what ECR takes as a default is left out.
        """
        rules = [rule.normalise() if _is_rule(rule) else rule for rule in self.numbered()]
        rules.sort(key=_position)
        if all(map(operator.is_, rules, self.rules)):
            return self
        return replace(self, rules=tuple(rules))

    def numbered(self) -> tuple[LifecycleRule, ...]:
        """Return the rules in the order given, each with its priority."""
        if all(_is_rule(rule) and rule.rule_priority is not None for rule in self.rules):
            return self.rules
        open_ones = [
            index
            for index, rule in enumerate(self.rules)
            if _is_rule(rule) and rule.rule_priority is None
        ]
        given = [rule.rule_priority for rule in self.rules if _is_rule(rule)]
        highest = max((n for n in given if isinstance(n, int)), default=0)
        # Sorting is stable: rules for any image go last, in the order given among themselves.
        open_ones.sort(key=lambda index: self.rules[index].tag_status == TagStatus.ANY)
        numbered = list(self.rules)
        for priority, index in enumerate(open_ones, start=max(highest, 0) + 1):
            numbered[index] = replace(self.rules[index], rule_priority=priority)
        return tuple(numbered)


class _Spelling:
    """Rules as a cache's key: equal when spelled alike, so that ``True`` is not ``1``."""

    __slots__ = ("rules", "text")

    def __init__(self, rules: tuple[LifecycleRule, ...]) -> None:
        self.rules = rules
        self.text = repr(rules)

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Spelling) and self.text == other.text


# An app gives the same few policies to hundreds of repositories.
@functools.lru_cache(maxsize=256)
def _texts(spelling: _Spelling) -> str:
    return compact_json(LifecyclePolicy(spelling.rules).to_document())


@functools.lru_cache(maxsize=256)
def _problems(spelling: _Spelling) -> tuple[Problem, ...]:
    return tuple(document_problems(_document(LifecyclePolicy(spelling.rules).numbered())))


def text_problems(text: str) -> list[Problem]:
    """Return everything that Amazon ECR would refuse in the text of a lifecycle policy."""
    document, problems = _parse(text)
    return problems or document_problems(document)


def _document(rules: Iterable[LifecycleRule]) -> dict[str, Any]:
    """Return the document of the rules in this order; what is no rule stays for the validator."""
    return {"rules": [rule.to_document() if _is_rule(rule) else rule for rule in rules]}


def _is_rule(rule: object) -> bool:
    return isinstance(rule, LifecycleRule)


def _position(rule: LifecycleRule) -> float:
    """Sort by priority; what has none that counts goes last."""
    priority = rule.rule_priority if _is_rule(rule) else None
    return priority if isinstance(priority, int) else float("inf")


def _parse(text: str) -> tuple[object, list[Problem]]:
    """Return the document that a text holds, or why it holds none."""
    if is_token(text):
        return None, [
            Problem(
                id="token",
                message="the text of the policy must be known at synthesis, got a CDK token",
                fix="write the text itself",
            )
        ]
    if not isinstance(cast("object", text), str):
        return None, [wrong("text", "", "must be a text", text, "write from_document(...)")]
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return None, [
            Problem(
                id="json",
                message=f"the policy must be JSON, got {_shown(text)}: {error}",
                fix='write {"rules": [...]}',
            )
        ]
    return document, []


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _shown(text: str) -> str:
    start, limit = text.strip(), 40
    return repr(start if len(start) <= limit else f"{start[:limit]}...")


def _refuse(problems: Iterable[Problem]) -> None:
    """Raise the errors among the problems with the path of the first."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if not errors:
        return
    if len(errors) == 1:  # its path is appended, so the sentence does not repeat it
        only = errors[0]
        raise PolicyDocumentError(f"{only.message}; {only.fix}", path=only.path or None)
    raise PolicyDocumentError(*(error.sentence for error in errors), path=errors[0].path or None)
