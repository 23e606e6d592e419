"""The statements that make an access widen or narrow.

Layer: review.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ecr_constructs.access.answer import PlacedStatement
from ecr_constructs.model.statement import Effect, Principal, Statement
from ecr_constructs.review.access.phrases import statement_words
from ecr_constructs.review.access.subject import Permission, Subject
from ecr_constructs.review.access.survey import Survey
from ecr_constructs.review.change.difference import ChangeClass


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes:
        survey: The access to all of its repositories.
        subject: The repository; None where this side has none.
    """

    survey: Survey
    subject: Subject | None

    def permissions(self, principal: Principal) -> tuple[Permission, ...]:
        """Return what a principal can do; nothing where there is no repository."""
        if self.subject is None:
            return ()
        return self.survey.permissions(self.subject, principal)

    def statements(self) -> set[Statement | None]:
        """Return what the policies on the repository's side say, each in the one form."""
        if self.subject is None:
            return set()
        return {_meaning(prepared.statement) for prepared in self.subject.statements}


def causes(
    kind: ChangeClass,
    before: Side,
    after: Side,
    earlier: Sequence[PlacedStatement],
    later: Sequence[PlacedStatement],
) -> Iterator[str]:
    """Yield the statements that came or went and decide: allows that widen, denies that narrow."""
    known, kept = before.statements(), after.statements()
    old, new = ({_meaning(p.statement) for p in side} for side in (earlier, later))
    came = [placed for placed in later if _meaning(placed.statement) not in known | old]
    gone = [placed for placed in earlier if _meaning(placed.statement) not in kept | new]
    widens = kind is ChangeClass.WIDENED
    told = [p for p in came if _allows(p) is widens], [p for p in gone if _allows(p) is not widens]
    if not any(told):
        told = came, gone
    found = [f"{_source(placed)} {_words(placed)}" for placed in told[0]]
    found += (f"{_source(placed)} no longer {_words(placed)}" for placed in told[1])
    yield from found or [*_denies(before, after)] or _tags(before, after)


def _allows(placed: PlacedStatement) -> bool:
    return placed.statement is None or placed.statement.effect is Effect.ALLOW


def _denies(before: Side, after: Side) -> Iterator[str]:
    """Yield the denies that came or went: they decide without being asked."""
    for mine, theirs, verb in ((after, before, ""), (before, after, "no longer ")):
        if mine.subject is None:
            continue
        known = theirs.statements()
        for prepared in mine.subject.statements:
            if not prepared.allows and _meaning(prepared.statement) not in known:
                yield f"{_source(prepared.placed)} {verb}{_words(prepared.placed)}"


def _tags(before: Side, after: Side) -> Iterator[str]:
    """Yield that resource tags changed, on which conditions may hang."""
    if before.subject is not None and after.subject is not None:
        old, new = (each.target.repository.tags for each in (before.subject, after.subject))
        if old != new:
            yield "its resource tags change, on which a condition hangs"


@functools.lru_cache(maxsize=4096)
def _meaning(statement: Statement | None) -> Statement | None:
    """Return a statement without its id, in the one form."""
    return None if statement is None else replace(statement.normalise(), sid=None)


def _source(placed: PlacedStatement) -> str:
    sid = placed.statement.sid if placed.statement is not None else None
    which = f"statement {str(sid)!r} of " if sid else ""
    return f"{which}the {placed.source.side}"


def _words(placed: PlacedStatement) -> str:
    if placed.statement is None:
        return placed.description
    return statement_words(placed.statement)
