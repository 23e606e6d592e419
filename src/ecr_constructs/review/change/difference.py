"""A difference between two deployments: one sentence, its class and its cause.

Layer: review.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ecr_constructs.model.repository import Origin
from ecr_constructs.model.words import listed

#: What stands for repositories that are not named begins so, as in a sentence.
UNNAMED: Final = "repositories "
#: As many repositories are named in a sentence; of more the first, and how many there are.
_NAMED: Final = 3
#: By these words a sentence tells itself that something is not known.
_DOUBT: Final = re.compile(r"\bcannot be told\b|\bmay (be|go)\b")


class ChangeClass(StrEnum):
    """What a difference means; the order of the members is the order of weight, worst first."""

    LOST = "lost"  # images are deleted, or cannot be reached any more
    WIDENED = "widened"  # somebody gains access
    NARROWED = "narrowed"  # somebody loses access
    WEAKENED = "weakened"  # a protection is loosened
    STRENGTHENED = "strengthened"  # a protection is added
    STOPPED = "stopped"  # images no longer arrive: replication, caching
    STARTED = "started"  # images begin to arrive
    UNSCANNED = "unscanned"  # images are scanned less
    SCANNED = "scanned"  # images are scanned more
    REPLACED = "replaced"  # what CloudFormation replaces, and cannot without help
    HARMLESS = "harmless"  # nobody gains, nobody loses

    @property
    def heading(self) -> str:
        """The heading of its differences."""
        return _HEADINGS[self]

    @property
    def weight(self) -> int:
        """0 for the worst: sort by it to see the worst first."""
        return _WEIGHTS[self]


_HEADINGS: Final = {
    ChangeClass.LOST: "Images lost",
    ChangeClass.WIDENED: "Access widened",
    ChangeClass.NARROWED: "Access narrowed",
    ChangeClass.WEAKENED: "Protection weakened",
    ChangeClass.STRENGTHENED: "Protection strengthened",
    ChangeClass.STOPPED: "Replication or caching stopped",
    ChangeClass.STARTED: "Replication or caching started",
    ChangeClass.UNSCANNED: "Scanned less",
    ChangeClass.SCANNED: "Scanned more",
    ChangeClass.REPLACED: "Replaced",
    ChangeClass.HARMLESS: "Harmless",
}
_WEIGHTS: Final = {kind: weight for weight, kind in enumerate(ChangeClass)}


@dataclass(frozen=True, slots=True)
class Place:
    """A registry, for people.

    Attributes:
        account: The account, or where it comes from.
        region: The Region, or where it comes from.
    """

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account} in {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference.

    Attributes:
        kind: What it means.
        sentence: What will be otherwise and what that means, lower case, no full stop.
        cause: What in the template makes it so.
        place: The registry; None for what is of no registry.
        repositories: The names of the repositories that it is about, all of them.
        origins: The resources that it comes from, as far as they are in the newer side.
        certain: Whether it is seen; False where it cannot be ruled out.
        left_alone: The sentence where a deployment changes nothing of it, as somebody
            changed by hand what is there; empty where ``sentence`` holds then, too.
    """

    kind: ChangeClass
    sentence: str
    cause: str
    place: Place | None
    repositories: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    certain: bool = True
    left_alone: str = ""

    @property
    def hides_doubt(self) -> bool:
        """Whether it is not seen for sure, and the sentence alone would not tell."""
        return not self.certain and _DOUBT.search(self.sentence) is None


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between an older and a newer deployment.

    Attributes:
        differences: Worst first, by registry within a class.
    """

    differences: tuple[Difference, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is no difference."""
        return not self.differences

    @property
    def counts(self) -> dict[ChangeClass, int]:
        """How many differences there are of each class that has some, worst first."""
        counts = dict.fromkeys(ChangeClass, 0)
        for each in self.differences:
            counts[each.kind] += 1
        return {kind: count for kind, count in counts.items() if count}

    def of(self, kind: ChangeClass) -> tuple[Difference, ...]:
        """Return the differences of one class."""
        return tuple(each for each in self.differences if each.kind is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A difference of one repository, to be told together with those that say the same of others.

    Attributes:
        kind: What it means.
        head: What stands before the name.
        tail: What stands behind it.
        tails: What stands behind several repositories; as ``tail`` where it is empty.
        cause: What makes it so, without the name.
        repository: The name; empty for what is about the registry.
        origin: The resource.
        certain: Whether it is seen.
        left_alone: What stands behind the name where a deployment changes nothing of it.
    """

    kind: ChangeClass
    head: str = ""
    tail: str = ""
    tails: str = ""
    cause: str = ""
    repository: str = ""
    origin: Origin | None = None
    certain: bool = True
    left_alone: str = ""


def told_together(drafts: Iterable[Draft], place: Place) -> Iterator[Difference]:
    """Yield the differences of one registry, each thing that is said once with all its names."""
    groups: dict[tuple[object, ...], list[Draft]] = {}
    for draft in drafts:
        said = (draft.head, draft.tail, draft.tails, draft.left_alone)
        key = (draft.kind, *said, draft.cause, draft.certain, not draft.repository)
        groups.setdefault(key, []).append(draft)
    for group in groups.values():
        first = group[0]
        names = tuple(dict.fromkeys(each.repository for each in group if each.repository))
        are_several = len(names) > 1 or any(name.startswith(UNNAMED) for name in names)
        tail = first.tails if are_several and first.tails else first.tail
        origins = dict.fromkeys(each.origin for each in group if each.origin is not None)
        yield Difference(
            kind=first.kind,
            sentence=f"{first.head}{named(names)}{tail}",
            cause=first.cause,
            place=place,
            repositories=names,
            origins=tuple(origins),
            certain=first.certain,
            left_alone=first.left_alone and f"{named(names)}{first.left_alone}",
        )


def named(names: tuple[str, ...]) -> str:
    """Return names in a sentence: ``a, b, c and 997 more repositories``.

    What stands for repositories that nobody can count, such as those that are
    created below a prefix, is no one of the repositories that are left out.
    """
    countless = [name for name in names if name.startswith(UNNAMED)]
    shown = [name for name in names if not name.startswith(UNNAMED)]
    if len(shown) > _NAMED + 1:
        shown = [*shown[:_NAMED], f"{len(shown) - _NAMED:,} more repositories"]
    if len(countless) > _NAMED + 1:
        countless = [*countless[:_NAMED], f"{len(countless) - _NAMED:,} more such kinds"]
    return listed([*shown, *countless], most=len(shown) + len(countless))


def worst_first(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """Return differences in the order in which they are read."""
    return tuple(
        sorted(
            differences,
            key=lambda d: (d.kind.weight, not d.certain, str(d.place), d.sentence, d.cause),
        )
    )
