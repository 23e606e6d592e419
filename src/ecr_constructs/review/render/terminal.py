"""The review in a terminal: what changes, then what there is, then what needs a decision.

Layer: review.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from ecr_constructs.model.problem import Severity
from ecr_constructs.model.words import plural
from ecr_constructs.review.access.matrix import AccessRow
from ecr_constructs.review.change.difference import Change, Difference
from ecr_constructs.review.render.shapes import SEVERITIES, SEVERITY_SHAPES, SHAPES
from ecr_constructs.review.report import (
    FlowReport,
    Loosened,
    RegistryReport,
    Report,
    RepositoryReport,
)
from ecr_constructs.review.run import Review

#: As many repositories are shown; the other formats show all.
MOST: Final = 50
_STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "green"}


def render_review(review: Review, console: Console) -> None:
    """Print a review."""
    if review.change is not None:
        for line in _change(review.change, review.older):
            console.print(line)
    else:
        for registry in review.report.registries:
            for line in _registry(registry):
                console.print(line)
            console.print()
        for line in _public(review.report):
            console.print(line)
    for line in _decisions(review.report):
        console.print(line)


def to_text(review: Review, *, width: int = 80) -> str:
    """Return a review as plain text, without colour."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, color_system=None, highlight=False)
    render_review(review, console)
    return stream.getvalue()


def _change(change: Change, older: str) -> Iterator[RenderableType]:
    yield f"[bold]Change[/] [dim]against {escape(older)}[/]"
    if change.is_empty:
        yield "[bold green]Nothing changes[/]"
        yield ""
        return
    counts = (f"{count} {kind}" for kind, count in change.counts.items())
    yield f"  {escape(', '.join(counts))}"
    yield ""
    several = len({each.place for each in change.differences}) > 1
    for kind in change.counts:
        yield f"[{_STYLES[SEVERITIES[kind]]}]{SHAPES[kind]} {kind.heading}[/]"
        for difference in change.of(kind):
            yield from _difference(difference, several=several)
        yield ""


def _difference(difference: Difference, *, several: bool) -> Iterator[RenderableType]:
    doubt = "[yellow]cannot tell:[/] " if difference.hides_doubt else ""
    yield _indented(f"{doubt}{escape(difference.sentence)}", 2)
    notes = [f"as {difference.cause}"] if difference.cause else []
    if several and difference.place is not None:
        notes.append(f"in the registry of {difference.place}")
    for note in notes:
        yield _indented(f"[dim]{escape(note)}[/]", 4)


def _registry(registry: RegistryReport) -> Iterator[RenderableType]:
    place = registry.place
    yield (
        f"[bold]Registry of account {escape(place.account)} in {escape(place.region)}[/]"
        f" [dim]{plural(len(registry.repositories), 'repository')}[/]"
    )
    settings = _grid()
    for title, lines in _settings(registry):
        if lines:
            settings.add_row(title, escape("\n".join(lines)))
    yield _indented(settings, 2)
    for repository in registry.repositories[:MOST]:
        yield from _repository(repository)
    more = len(registry.repositories) - MOST
    if more > 0:
        yield f"  [dim]and {plural(more, 'repository')} more; -o review.html shows all[/]"


def _settings(registry: RegistryReport) -> Iterator[tuple[str, list[str]]]:
    scanning = registry.scanning
    uncovered, unknown = len(scanning.uncovered), len(scanning.unknown)
    lines = [scanning.summary, *scanning.rules]
    if uncovered:
        lines.append(f"{plural(uncovered, 'repository')} not scanned on push")
    if unknown:
        lines.append(f"of {plural(unknown, 'repository')} it cannot be told")
    yield "scanning", lines
    yield "policy", [line.words for line in registry.statements]
    yield "replication", [_flow(flow) for flow in registry.replication]
    yield "caches", [f"{cache.prefix}: {cache.upstream}" for cache in registry.caches]
    yield (
        "templates",
        [f"{each.prefix}: {', '.join(each.applied_for)}" for each in registry.templates],
    )
    yield "signing", list(registry.signing)
    yield "alerts", list(registry.alerts)
    yield "not counted", [f"pulls of {each.words}" for each in registry.exclusions]
    yield "account settings", list(registry.account_settings)
    yield "bills", list(registry.bills)


def _flow(flow: FlowReport) -> str:
    return f"{', '.join(flow.prefixes)} to {flow.destination}: {flow.permission}"


def _repository(repository: RepositoryReport) -> Iterator[RenderableType]:
    facts = (
        f"tags {repository.tags}",
        repository.scan.words,
        repository.encryption,
        f"{repository.deletion} on removal",
    )
    name = f"[bold]{escape(repository.name)}[/]  {escape(' · '.join(facts))}"
    yield _indented(name, 2)
    details = _grid()
    details.add_row("images", escape("\n".join(repository.retention)))
    held = repository.images
    if held is not None:
        counts = (f"{count:,} {outcome}" for outcome, count in held.counts.items() if count)
        details.add_row("held", escape(", ".join(counts)))
    rows = [*map(_access, repository.access), repository.beside_access]
    details.add_row("access", escape("\n".join(filter(None, rows))))
    yield _indented(details, 4)


def _access(row: AccessRow) -> str:
    """Return what somebody can do, what they can do alike together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for grant in row.grants:
        together.setdefault(grant.conditions, []).append(str(grant.purpose))
    parts = (
        ", ".join(purposes) + (f" if {' and '.join(conditions)}" if conditions else "")
        for conditions, purposes in together.items()
    )
    return f"{row.who}: {'; '.join(parts)}"


def _indented(what: RenderableType, columns: int) -> Padding:
    """Return something behind a margin, and not filled up to the width."""
    return Padding(what, (0, 0, 0, columns), expand=False)


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _public(report: Report) -> Iterator[RenderableType]:
    if report.public_repositories:
        yield "[bold]Public repositories[/]"
        for each in report.public_repositories:
            yield _indented(escape(f"{each.name}: {each.words}"), 2)
        yield ""


def _decisions(report: Report) -> Iterator[RenderableType]:
    yield from _loosened("Exemptions", report.exemptions)
    yield from _loosened("Acknowledgements", report.acknowledgements)
    if report.hand_overs:
        yield "[bold]To hand over[/] [dim]what others must apply[/]"
        for each in report.hand_overs:
            yield _indented(escape(f"{each.title}: {'; '.join(each.needs)}"), 2)
        yield ""
    if report.unreadable:
        yield f"[yellow]{plural(len(report.unreadable), 'value')} cannot be read[/]"
        for unreadable in report.unreadable:
            text = f"{unreadable.where}: {unreadable.problem.sentence}"
            yield _indented(escape(text), 2)
        yield ""
    yield from _findings(report)


def _loosened(title: str, entries: Iterable[Loosened]) -> Iterator[RenderableType]:
    lines = list(entries)
    if not lines:
        return
    yield f"[bold]{title}[/]"
    for each in lines:
        until = f" until {each.expires}" if each.expires else ""
        expired = " [red](expired)[/]" if each.expired else ""
        text = (
            f"{escape(each.where)}: {escape(each.control)}{until}{expired}"
            f" [dim]because[/] {escape(each.reason)}"
        )
        yield _indented(text, 2)
    yield ""


def _findings(report: Report) -> Iterator[RenderableType]:
    counted = report.counted
    silenced = len(report.findings) - len(counted)
    if not counted:
        yield "[bold green]No findings[/]" + f" [dim]({silenced} acknowledged)[/]" * bool(silenced)
        return
    heading = f"[bold]{plural(len(counted), 'finding')}[/]"
    yield f"{heading} [dim](how to mend them: ecr-constructs check)[/]"
    for finding in counted[:MOST]:
        style = _STYLES[finding.severity]
        text = (
            f"[{style}]{SEVERITY_SHAPES[finding.severity]} {finding.label}[/]"
            f" {escape(finding.place)}: {escape(finding.message)}"
        )
        yield _indented(text, 2)
    if len(counted) > MOST:
        yield f"  [dim]and {len(counted) - MOST:,} more[/]"
