"""Resources that a condition keeps or leaves out, which is known at deployment alone.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ecr_constructs.model.repository import Origin
from ecr_constructs.review.change.difference import ChangeClass, Draft


def conditional_drafts(
    base: Draft, before: Origin | None, after: Origin | None, *, is_kept: bool
) -> Iterator[Draft]:
    """Yield that another condition than before decides whether something is there.

    Args:
        base: What it is about: its head and its repository. Its class is that of a loss.
        before: The resource on the older side; None for what is live.
        after: The resource on the newer side likewise.
        is_kept: Whether it stays where its resource is left out.
    """
    if before is None or after is None or before.condition == after.condition:
        return
    doubt = replace(base, head=f"whether {base.head}", certain=False, origin=after)
    if after.condition is None:
        yield replace(
            doubt,
            kind=ChangeClass.HARMLESS,
            tail=" is new cannot be told",
            tails=" are new cannot be told",
            cause=f"the condition {before.condition} decided at deployment whether it was there",
        )
        return
    yield replace(
        doubt,
        kind=ChangeClass.WEAKENED if is_kept else base.kind,
        tail=" leaves its stack cannot be told",
        tails=" leave their stacks cannot be told",
        cause=f"the condition {after.condition} decides at deployment whether it is there"
        + (", and it stays if it is not" if is_kept else ""),
    )


def shared_words(origins: Iterable[Origin | None], *, is_refused: bool = True) -> tuple[str, bool]:
    """Return what becomes of what several resources declare, and whether that is sure.

    Args:
        origins: The resources.
        is_refused: Whether another resource for the same is sure to fail.
    """
    declared = " is declared by several resources"
    if any(each is not None and each.condition is not None for each in origins):
        return f"{declared}: whether conditions leave one of them alone cannot be told", False
    if is_refused:
        return f"{declared}: one of them is made, and the others fail", True
    return f"{declared}: one of them is made, and whether the others fail cannot be told", False
