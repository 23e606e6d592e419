"""Who can do something and under which conditions, in phrases that make sentences.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ecr_constructs.access.caller import Caller
from ecr_constructs.access.named import Kind, Named
from ecr_constructs.access.operators import Quantifier, operator_of
from ecr_constructs.access.words import describe_actions, describe_named, describe_statement
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.words import listed
from ecr_constructs.review.access.form import Branch, Form
from ecr_constructs.review.access.terms import Term

#: What a positive condition says of whoever asks, as it stands behind "if".
_SAYS: Final = {
    "aws:principalorgid": "it is of organisation {}",
    "aws:principalorgpaths": "it is below {} of its organisation",
    "aws:principalaccount": "it is of account {}",
    "aws:principalarn": "it is {}",
    "aws:sourcearn": "it acts for {}",
    "aws:sourceaccount": "it acts for account {}",
    "aws:sourceorgid": "it acts for organisation {}",
    "aws:sourcevpce": "it comes through VPC endpoint {}",
    "aws:sourcevpc": "it comes from VPC {}",
    "aws:sourceip": "it comes from {}",
}
_OF_BOOL: Final = {
    ("aws:principalisawsservice", "true"): "it is an AWS service",
    ("aws:principalisawsservice", "false"): "it is no AWS service",
    ("aws:securetransport", "true"): "it uses TLS",
}
#: What makes anyone somebody: the key of a condition, and the words for it.
_OF_ANYONE: Final = {
    "aws:principalorgid": "anyone of organisation {}",
    "aws:principalorgpaths": "anyone below {}",
    "aws:principalaccount": "anyone of account {}",
    "aws:sourcevpce": "anyone through VPC endpoint {}",
    "aws:sourcevpc": "anyone from VPC {}",
    "aws:sourceip": "anyone from {}",
}
_OF_SERVICE: Final = {
    "aws:sourcearn": "{} for {}",
    "aws:sourceaccount": "{} for account {}",
    "aws:sourceorgid": "{} for organisation {}",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Somebody, and what has to hold.

    Attributes:
        who: The subject of a sentence: ``account 111122223333``.
        conditions: What has to hold beside, each as it stands behind "if".
    """

    who: str
    conditions: tuple[str, ...] = ()

    @property
    def tail(self) -> str:
        """The conditions as the end of a sentence; empty for none."""
        return f" if {' and '.join(self.conditions)}" if self.conditions else ""


def statement_words(statement: Statement) -> str:
    """Return what a statement says; actions that have a word together by that alone."""
    told = describe_statement(statement)
    said = describe_actions(statement.actions, statement.not_actions)
    return told.replace(f"to {said}", f"to {said.partition(' (')[0]}", 1)


def who(caller: Caller) -> str:
    """Return a principal in words; one of the assembly by its construct path."""
    named, identity = caller.named, caller.identity
    if named.kind is Kind.ANYONE:
        return "anyone in any AWS account"
    path = None if identity is None or identity.origin is None else identity.origin.construct_path
    if path is not None and named.kind in (Kind.ROLE, Kind.USER):
        return f"{named.kind} {path} of account {named.account}"
    return describe_named(named).removeprefix("the service ")


def is_told_by_form(caller: Caller) -> bool:
    """Tell whether what has to hold says who a principal is: an organisation, a function."""
    return caller.kind in (Kind.ANYONE, Kind.SERVICE)


def phrase(caller: Caller, form: Form) -> Phrase:
    """Return who can do something under what a form says."""
    named = caller.named
    factors = sorted(form.factors, key=_order)
    subject = who(caller)
    words: list[str] = []
    for factor in factors:
        branches = sorted(factor, key=_branch_words)
        if len(branches) > 1:
            words.append(listed((_branch_words(each) for each in branches), "or"))
            continue
        (branch,) = branches
        naming = _naming(named, branch) if is_told_by_form(caller) else None
        if naming is not None:
            subject = _named_by(named, subject, naming)
            branch = frozenset(t for t in branch if t is not naming and not _told(t, naming))
        words += sorted(map(_positive, branch))
    for deny in sorted(form.denies, key=_branch_words):
        words.append(_unless(deny))
    return Phrase(subject, tuple(dict.fromkeys(words)))


def _naming(named: Named, branch: Branch) -> Term | None:
    """Return the term that tells who anyone or a service is, the most telling one first."""
    keys = _OF_ANYONE if named.kind is Kind.ANYONE else _OF_SERVICE
    for key in keys:
        for term in branch:
            if term.key == key and _is_positive(term):
                return term
    return None


def _named_by(named: Named, subject: str, term: Term) -> str:
    values = _values(term)
    if named.kind is Kind.ANYONE:
        return _OF_ANYONE[term.key].format(values)
    return _OF_SERVICE[term.key].format(subject, values)


def _told(term: Term, naming: Term) -> bool:
    """Tell whether a term says what the one that names says already."""
    if naming.key != "aws:sourcearn" or term.key != "aws:sourceaccount":
        return False
    accounts = {str(arn).split(":")[4] for arn in naming.values if str(arn).count(":") > 4}  # noqa: PLR2004 - the account in an ARN
    return accounts == set(map(str, term.values))


def _positive(term: Term) -> str:
    if term.key in _SAYS and _is_positive(term):
        return _SAYS[term.key].format(_values(term))
    if term.operator.startswith("bool") and len(term.values) == 1:
        (value,) = term.values
        said = _OF_BOOL.get((term.key, str(value).lower()))
        if said is not None:
            return said
    return term.words


def _is_positive(term: Term) -> bool:
    operator = operator_of(term.operator)
    return (
        operator is not None
        and operator.family is not None
        and not operator.negated
        and not operator.if_exists
        and operator.quantifier is not Quantifier.ALL
    )


def _unless(deny: Branch) -> str:
    """Return what has to hold so that a deny does not."""
    return f"not ({_branch_words(deny)})"


def _branch_words(branch: Branch) -> str:
    return " and ".join(sorted(map(_positive, branch)))


def _order(factor: Iterable[Branch]) -> list[str]:
    return sorted(map(_branch_words, factor))


def _values(term: Term) -> str:
    shown = [_source(str(v)) if term.key == "aws:sourcearn" else str(v) for v in term.values]
    return listed(sorted(shown), "or")


def _source(arn: str) -> str:
    fields = arn.split(":", 5)
    if len(fields) < 6:  # noqa: PLR2004 - fields of an ARN
        return arn
    return f"{fields[5]} of account {fields[4]} in {fields[3]}"
