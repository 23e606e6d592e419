"""Who gains and who loses access to repositories, on what is evaluated.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ecr_constructs.access.answer import PlacedStatement
from ecr_constructs.access.caller import Caller
from ecr_constructs.access.named import Kind
from ecr_constructs.access.text import equals
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.statement import Principal
from ecr_constructs.model.words import listed
from ecr_constructs.review.access.form import OWN_POLICIES, Branch, Form
from ecr_constructs.review.access.phrases import Phrase, phrase
from ecr_constructs.review.access.purposes import describe
from ecr_constructs.review.access.subject import Permission, Subject
from ecr_constructs.review.change.causes import Side, causes
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.identities import has_unknown_policies

_SHOWN: Final = 3
#: How the words begin that stand for a policy of a principal that is not known.
_UNREAD: Final = ("the managed policy ", "what the identity policy ", "what the permissions ")


@dataclass(frozen=True, slots=True)
class _Shift:
    """What changes for one principal.

    Attributes:
        kind: Widened or narrowed.
        who: The principal.
        verb: What it can, or cannot any more, do.
        head: What stands between the two.
        tail: The conditions.
        cause: What makes it so.
        certain: Whether it is seen.
    """

    kind: ChangeClass
    who: str
    head: str
    tail: str
    cause: tuple[str, ...]
    certain: bool


def access_drafts(
    before: Side,
    after: Side,
    name: str,
    origin: Origin | None,
    *,
    only: Callable[[Subject, Caller, Form], bool] | None = None,
) -> Iterator[Draft]:
    """Yield what changes in the access to one repository.

    Args:
        before: The older side.
        after: The newer side.
        name: How to call the repository.
        origin: The resource on the newer side.
        only: Whose access is told, by what it holds for. Default: everybody's.
    """
    if before.subject is None and after.subject is None:
        return
    together: dict[tuple[ChangeClass, str, str, bool], list[_Shift]] = {}
    for principal in _principals(before, after):
        for shift in _shifts(before, after, principal, only):
            key = (shift.kind, shift.head, shift.tail, shift.certain)
            together.setdefault(key, []).append(shift)
    for (kind, head, tail, certain), shifts in together.items():
        told = dict.fromkeys(cause for shift in shifts for cause in shift.cause)
        yield Draft(
            kind=kind,
            head=f"{listed(dict.fromkeys(s.who for s in shifts), most=_SHOWN)} {head} ",
            tail=tail,
            cause=listed(told, most=_SHOWN),
            repository=name,
            origin=origin,
            certain=certain,
        )


def _principals(before: Side, after: Side) -> dict[Principal, None]:
    principals: dict[Principal, None] = {}
    for side in (before, after):
        if side.subject is not None:
            principals |= dict.fromkeys(side.subject.principals)
            registry = side.subject.target.registry
            if isinstance(registry.account, str):
                root = f"arn:{side.subject.target.partition}:iam::{registry.account}:root"
                principals[Principal("AWS", root)] = None
    return principals


def _shifts(
    before: Side,
    after: Side,
    principal: Principal,
    only: Callable[[Subject, Caller, Form], bool] | None,
) -> Iterator[_Shift]:
    old_caller, caller = (side.survey.caller(principal) for side in (before, after))
    both = (old_caller.identity is None) is (caller.identity is None)
    earlier_open, later_open = (
        has_unknown_policies(each.identity) for each in (old_caller, caller)
    )
    earlier = _by_action(before, principal, told=both or old_caller.identity is not None)
    later = _by_action(after, principal, told=both or caller.identity is not None)
    if earlier == later:
        return
    subject = after.subject or before.subject
    assert subject is not None
    caller = old_caller if caller.identity is None else caller
    pairs: dict[tuple[Form | None, Form | None], set[str]] = {}
    for action in earlier.keys() | later.keys():
        was, becomes = earlier.get(action), later.get(action)
        pair = (None if was is None else was.form, None if becomes is None else becomes.form)
        if pair[0] != pair[1]:
            pairs.setdefault(pair, set()).add(action)
    for (old, new), changed in sorted(pairs.items(), key=lambda item: min(item[1])):
        kind = kind_of(old, new)
        told = new or old
        if kind is None or told is None or (only is not None and not only(subject, caller, told)):
            continue
        cause = tuple(
            causes(kind, before, after, _placed(earlier, changed), _placed(later, changed))
        )
        verb = describe(changed, later if kind is ChangeClass.WIDENED else earlier)
        shift = _shift(kind, _subject(caller, subject), (old, new), verb, cause)
        # What is not known of it may allow what is known no longer does, or did before.
        open_ = later_open if kind is ChangeClass.NARROWED else earlier_open
        yield replace(shift, certain=False) if open_ else shift


def kind_of(old: Form | None, new: Form | None) -> ChangeClass | None:
    """Return whether an access widens or narrows; None where it does neither."""
    if old is None or new is None:
        return ChangeClass.WIDENED if old is None else ChangeClass.NARROWED
    if not new.within(old):
        return ChangeClass.WIDENED
    return None if old.within(new) else ChangeClass.NARROWED


@dataclass(frozen=True, slots=True)
class _Subject:
    caller: Caller
    is_own: bool

    def phrase(self, form: Form) -> Phrase:
        """Return who it is under what a form says."""
        told = phrase(self.caller, form)
        if self.is_own and self.caller.kind is Kind.ACCOUNT:
            return Phrase("its own account", told.conditions)
        return told


def _subject(caller: Caller, subject: Subject) -> _Subject:
    return _Subject(caller, _is_of_own_account(caller, subject))


def _is_of_own_account(caller: Caller, subject: Subject) -> bool:
    account = caller.account
    return account is not None and equals(account, subject.target.registry.account) is Truth.YES


def _shift(
    kind: ChangeClass,
    subject: _Subject,
    forms: tuple[Form | None, Form | None],
    verb: str,
    cause: tuple[str, ...],
) -> _Shift:
    old, new = forms
    told = subject.phrase(new or old or Form())
    certain = not any(t.condition is None for form in (old, new) if form for t in form.terms)
    if old is None:
        return _Shift(kind, told.who, f"can now {verb}", told.tail, cause, certain)
    if new is None:
        return _Shift(kind, told.who, f"can no longer {verb}", "", cause, certain)
    past = subject.phrase(old)
    if kind is ChangeClass.WIDENED:
        now = told.tail or " without a condition" * bool(past.tail)
        then = f"only {past.who} could{past.tail}"
        if past.who == told.who:
            then = f"it could only{past.tail}"
        return _Shift(
            kind, told.who, f"can now {verb}", f"{now}, where before {then}", cause, certain
        )
    now = f" only{told.tail}" if told.tail else ""
    then = f"{past.who} could{past.tail}"
    if past.who == told.who:
        then = f"it could{past.tail or ' without a condition'}"
    return _Shift(kind, told.who, f"can {verb}", f"{now}, where before {then}", cause, certain)


def _by_action(side: Side, principal: Principal, *, told: bool) -> dict[str, Permission]:
    """Return what a principal can do, by action.

    Args:
        side: The side.
        principal: Who.
        told: Whether this side tells of the principal as much as the other one
            does. A role that only the other side defines is not there yet, or
            no longer: what its own policies might allow counts for nothing. In
            another account that is all of it, as nobody gets in from there without.
    """
    held: dict[str, Permission] = {}
    if (
        not told
        and side.subject is not None
        and not _is_of_own_account(side.survey.caller(principal), side.subject)
    ):
        return held
    for permission in side.permissions(principal):
        form = _of_known_policies(permission.form)
        if form is not None and not told:
            form = form.without(lambda branch: OWN_POLICIES in branch)
        if form is not None:
            known = Permission(permission.actions, form, permission.statements)
            held |= dict.fromkeys(permission.actions, known)
    return held


def _of_known_policies(form: Form) -> Form | None:
    """Return a form without what policies of the principal say that nobody here can read.

    That those come or go is told of them.
    """

    def is_unknown(branch: Branch) -> bool:
        return any(term.condition is None and term.key.startswith(_UNREAD) for term in branch)

    known = form.without(is_unknown)
    if known is None:
        return None
    return Form(known.factors, frozenset(each for each in form.denies if not is_unknown(each)))


def _placed(held: Mapping[str, Permission], wanted: set[str]) -> list[PlacedStatement]:
    permissions = {id(held[action]): held[action] for action in sorted(wanted) if action in held}
    return list(
        dict.fromkeys(placed for each in permissions.values() for placed in each.statements)
    )
