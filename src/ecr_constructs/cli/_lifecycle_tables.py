"""What the lifecycle commands print for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.markup import escape
from rich.padding import Padding

from ecr_constructs.cli._common import console
from ecr_constructs.lifecycle.compare import Effect
from ecr_constructs.lifecycle.notes import notes
from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.lifecycle.words import describe
from ecr_constructs.model.lifecycle import ActionType
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.words import plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import Console

    from ecr_constructs.lifecycle.compare import Change, Comparison
    from ecr_constructs.lifecycle.evaluation import Evaluation
    from ecr_constructs.lifecycle.images import Image
    from ecr_constructs.lifecycle.inventory import Inventory
    from ecr_constructs.lifecycle.verdict import RuleView
    from ecr_constructs.model.problem import Problem

_SHOWN: Final = 10
_SEVERITIES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_OUTCOMES: Final = {Outcome.EXPIRE: "red", Outcome.ARCHIVE: "yellow"}
_VERBS: Final = {Outcome.EXPIRE: "expires", Outcome.ARCHIVE: "archives"}
_EFFECTS: Final = {Effect.DELETE: "red", Effect.ARCHIVE: "yellow", Effect.SAVE: "green"}
_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB")


def title(inventory: Inventory, now: datetime) -> str:
    """Say which images are judged, and when."""
    name = inventory.repository_name
    of = f" of {name}" if name else ""
    return f"{plural(len(inventory.images), 'image')}{of} on {now:%Y-%m-%d %H:%M %Z}"


def print_problems(problems: Sequence[Problem]) -> None:
    """Print what lint says, and how much of it there is."""
    out = _out()
    for problem in problems:
        style = _SEVERITIES[problem.severity]
        out.print(f"[{style}]{problem.severity}[/] {escape(problem.path or 'the policy')}")
        text = escape(f"{problem.message}; {problem.fix}")
        out.print(Padding(text, (0, 0, 0, 2), expand=False))
    counts = [(s, sum(p.severity is s for p in problems)) for s in Severity]
    shown = [f"{number} {severity}{'s' * (number != 1)}" for severity, number in counts if number]
    out.print(", ".join(shown) or "nothing to say")


def print_preview(evaluation: Evaluation, title: str, *, everything: bool) -> None:
    """Print by rule what goes, newest first, and the totals."""
    out = _out()
    out.print(escape(title))
    gone: dict[Outcome, list[Image]] = {Outcome.EXPIRE: [], Outcome.ARCHIVE: []}
    for total in evaluation.by_rule():
        out.print(f"\n[bold]rule {total.rule.rule_priority}[/]  {escape(describe(total.rule))}")
        if not total.images:
            out.print(f"  keeps {total.kept:,}" if total.kept else "  decides on no image")
            continue
        gone[total.outcome] += total.images
        style, verb = _OUTCOMES[total.outcome], _VERBS[total.outcome]
        count, size = len(total.images), _total_size(total.images)
        out.print(f"  [{style}]{verb} {count:,}[/]{size}, keeps {total.kept:,}")
        lines = [_line(image) for image in total.images[: None if everything else _SHOWN]]
        _print_lines(out, lines, count)
    unselected = evaluation.totals[Outcome.NOT_SELECTED]
    if unselected:
        out.print(
            f"\n[bold]no rule[/]  selects {plural(unselected, 'image')}\n  keeps {unselected:,}"
        )
    out.print()
    for outcome, images in gone.items():
        if images or outcome is Outcome.EXPIRE:
            style = _OUTCOMES[outcome] if images else "green"
            out.print(
                f"[{style}]{_VERBS[outcome]} {plural(len(images), 'image')}[/]{_total_size(images)}"
            )
    kept = len(evaluation) - sum(map(len, gone.values()))
    out.print(f"keeps {plural(kept, 'image')}")
    _print_notes(out, evaluation)


def print_comparison(comparison: Comparison, title: str, *, everything: bool) -> None:
    """Print by effect the images on which two policies differ, and what decides."""
    out = _out()
    out.print(escape(title))
    for effect in Effect:
        changes = [change for change in comparison.changes if change.effect is effect]
        if not changes:
            continue
        size = _total_size([change.after.image for change in changes])
        style, count = _EFFECTS[effect], plural(len(changes), "image")
        out.print(f"\n[{style}]the change {effect}s {count}[/]{size}")
        shown = changes[: None if everything else _SHOWN]
        lines = [f"{_line(c.after.image)}\n      [dim]{escape(_why(c))}[/]" for c in shown]
        _print_lines(out, lines, len(changes))
    if not comparison.changes:
        out.print("\nthe change makes no difference to them")
    _print_notes(out, comparison.after)


def print_explanation(evaluation: Evaluation, name: str) -> None:
    """Print the verdict on one image and how each rule sees it."""
    out = _out()
    verdict = evaluation.verdict(name)
    image = verdict.image
    out.print(f"[bold]{escape(image.name)}[/]  {escape(image.digest)}")
    size = "" if image.size_in_bytes is None else f", {_bytes(image.size_in_bytes)}"
    out.print(f"pushed {image.pushed_at:%Y-%m-%d %H:%M}, {escape(image.status)}{size}")
    style = _OUTCOMES.get(verdict.outcome, "green")
    out.print(f"[{style}]{escape(verdict.reason)}[/]\n")
    for view in evaluation.views(name):
        mark = ">" if view.decides else " "
        out.print(f"{mark} [bold]rule {view.rule.rule_priority}[/]  {escape(describe(view.rule))}")
        out.print(f"    [dim]{_seen(view, verdict.outcome)}[/]")
    _print_notes(out, evaluation)


def _seen(view: RuleView, outcome: Outcome) -> str:
    """Say how a rule sees the image."""
    if not view.selects:
        return "goes with its subject" if view.decides else "does not select it"
    act = "archive" if view.rule.action is ActionType.TRANSITION else "expire"
    verb = act if view.would_act else "keep"
    if not view.decides:
        return f"would {verb} it, comes too late"
    return f"would {act} it, is held back" if view.would_act and not outcome.acts else f"{verb}s it"


def _why(change: Change) -> str:
    """Say what decides: the new policy if it acts, else what the old one would have done."""
    which, verdict = ("new", change.after) if change.after.outcome.acts else ("old", change.before)
    rule = f"{which} rule {verdict.rule.rule_priority}, " if verdict.rule else ""
    return f"{rule}{verdict.reason}"


def _print_notes(out: Console, evaluation: Evaluation) -> None:
    """Print what the evaluation assumed."""
    for note in notes(evaluation):
        out.print(f"\n[blue]note[/] {escape(note)}")


def _print_lines(out: Console, lines: Sequence[str], count: int) -> None:
    """Print the lines, in one go as they may be many, and how many are left out."""
    if len(lines) < count:
        more = f"and {count - len(lines):,} more, --all shows them"
        lines = [*lines, f"    [dim]{more}[/]"]
    out.print("\n".join(lines))


def _line(image: Image) -> str:
    size = "" if image.size_in_bytes is None else _bytes(image.size_in_bytes)
    tags = escape(", ".join(image.tags)) if image.tags else "[dim]untagged[/]"
    pushed = f"{image.pushed_at:%Y-%m-%d %H:%M}"
    return f"    {pushed}  {size:>8}  {escape(image.short_digest)}  {tags}"


def _out() -> Console:
    """Return the terminal, or what the output is piped to: lines are not wrapped there."""
    out = console()
    if not out.is_terminal:
        out.width = 10_000
    return out


def _total_size(images: Sequence[Image]) -> str:
    """Say what the images weigh; layers that they share are counted for each."""
    sizes = [image.size_in_bytes for image in images if image.size_in_bytes is not None]
    return f" ({_bytes(sum(sizes))})" if sizes else ""


def _bytes(size: float) -> str:
    """Say a size in decimal units, as AWS bills it."""
    for unit in _UNITS[:-1]:
        if round(size, 1) < 1000:  # noqa: PLR2004 - a unit is a thousand of the one before
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"
