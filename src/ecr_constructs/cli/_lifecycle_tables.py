"""What the lifecycle commands print for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from ecr_constructs.cli._common import console
from ecr_constructs.lifecycle.compare import Effect
from ecr_constructs.lifecycle.notes import notes
from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.lifecycle.words import describe
from ecr_constructs.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import Console

    from ecr_constructs.lifecycle.compare import Comparison
    from ecr_constructs.lifecycle.evaluation import Evaluation
    from ecr_constructs.lifecycle.images import Image
    from ecr_constructs.lifecycle.inventory import Inventory
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
    return f"{_images(len(inventory.images))}{of} on {now:%Y-%m-%d %H:%M %Z}"


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
        kept = f"keeps {total.kept}" if total.kept else "keeps none"
        if not total.images:
            out.print(f"  {kept}, takes none" if total.kept else "  selects none that is left")
            continue
        gone[total.outcome] += total.images
        style, verb = _OUTCOMES[total.outcome], _VERBS[total.outcome]
        size = _total_size(total.images)
        out.print(f"  [{style}]{verb} {len(total.images)}[/]{size}, {kept}")
        _print_images(out, total.images, everything=everything)
    out.print()
    unselected = evaluation.totals[Outcome.NOT_SELECTED]
    if unselected:
        out.print(f"{_images(unselected)} selected by no rule")
    for outcome, images in gone.items():
        if images or outcome is Outcome.EXPIRE:
            style = _OUTCOMES[outcome] if images else "green"
            out.print(f"[{style}]{_VERBS[outcome]} {_images(len(images))}[/]{_total_size(images)}")
    out.print(f"keeps {_images(len(evaluation) - sum(map(len, gone.values())))}")
    print_notes(out, evaluation)


def print_comparison(comparison: Comparison, title: str, *, everything: bool) -> None:
    """Print by effect the images on which two policies differ."""
    out = _out()
    out.print(escape(title))
    for effect in Effect:
        changes = [change for change in comparison.changes if change.effect is effect]
        if not changes:
            continue
        images = [change.after.image for change in changes]
        style, size = _EFFECTS[effect], _total_size(images)
        out.print(f"\n[{style}]the change {effect}s {_images(len(images))}[/]{size}")
        table = Table.grid(padding=(0, 2), pad_edge=True)
        for change in changes if everything else changes[:_SHOWN]:
            verdict = change.after if change.after.outcome.acts else change.before
            rule = verdict.rule.rule_priority if verdict.rule else ""
            which = f"{'new' if verdict is change.after else 'old'} rule {rule}"
            table.add_row(*_cells(verdict.image), escape(f"{which}: {verdict.reason}"))
        out.print(table)
        _print_fold(out, len(changes), everything=everything)
    if not comparison.changes:
        out.print("\nthe change makes no difference to them")
    print_notes(out, comparison.after)


def print_explanation(evaluation: Evaluation, name: str) -> None:
    """Print the verdict on one image and how each rule sees it."""
    out = _out()
    verdict = evaluation.verdict(name)
    image = verdict.image
    out.print(f"[bold]{escape(image.name)}[/]  {escape(image.digest)}")
    out.print(f"pushed {image.pushed_at:%Y-%m-%d %H:%M}{_total_size([image])}, {image.status}")
    style = _OUTCOMES.get(verdict.outcome, "green")
    out.print(f"[{style}]{escape(verdict.reason)}[/]\n")
    table = Table.grid(padding=(0, 2))
    for view in evaluation.views(name):
        seen = "does not select it"
        if view.selects:
            verb = "takes" if view.would_act else "keeps"
            seen = f"{verb} it"
            if not view.decides:
                seen = f"would {verb[:-1]} it, comes too late"
            elif not verdict.outcome.acts and view.would_act:
                seen = "would take it, is held back"
        mark = "[bold]>[/]" if view.decides else " "
        table.add_row(
            mark, f"rule {view.rule.rule_priority}", escape(describe(view.rule)), escape(seen)
        )
    out.print(table)
    print_notes(out, evaluation)


def print_notes(out: Console, evaluation: Evaluation) -> None:
    """Print what the evaluation assumed."""
    for note in notes(evaluation):
        out.print(f"\n[blue]note[/] {escape(note)}")


def _print_images(out: Console, images: Sequence[Image], *, everything: bool) -> None:
    table = Table.grid(padding=(0, 2), pad_edge=True)
    for image in images if everything else images[:_SHOWN]:
        table.add_row(*_cells(image))
    out.print(table)
    _print_fold(out, len(images), everything=everything)


def _print_fold(out: Console, count: int, *, everything: bool) -> None:
    if count > _SHOWN and not everything:
        out.print(f"    [dim]and {count - _SHOWN} more, --all shows them[/]")


def _cells(image: Image) -> tuple[str, str, str, str]:
    size = "" if image.size_in_bytes is None else _bytes(image.size_in_bytes)
    tags = escape(", ".join(image.tags)) if image.tags else "[dim]untagged[/]"
    return (
        "",
        f"{image.pushed_at:%Y-%m-%d %H:%M}",
        f"{size:>8}",
        f"{tags} [dim]{image.short_digest}[/]",
    )


def _out() -> Console:
    """Return the terminal, or what the output is piped to: lines are not wrapped there."""
    out = console()
    if not out.is_terminal:
        out.width = 10_000
    return out


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count:,} images"


def _total_size(images: Sequence[Image]) -> str:
    """Say what the images weigh; layers that they share are counted for each."""
    sizes = [image.size_in_bytes for image in images if image.size_in_bytes is not None]
    return f" ({_bytes(sum(sizes))})" if sizes else ""


def _bytes(size: float) -> str:
    unit = _UNITS[0]
    for unit in _UNITS:
        if size < 999.5 or unit == _UNITS[-1]:  # noqa: PLR2004 - above, it is shown as 1.0 of the next
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
