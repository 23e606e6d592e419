"""The report in a terminal: a line a repository, then what needs a decision.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from ecr_constructs.review.report import Report, RepositoryReport


def render_report(report: Report, console: Console) -> None:
    """Print the report."""
    for registry in report.registries:
        count = len(registry.repositories)
        console.print(
            f"[bold]Registry of account {escape(registry.account)} in {escape(registry.region)}[/]"
            f" [dim]{count} {'repository' if count == 1 else 'repositories'}[/]"
        )
        for repository in registry.repositories:
            console.print(*_repository(repository), sep="\n")
        console.print()
    console.print(Group(*_exemptions(report), *_verdict(report)))


def _repository(repository: RepositoryReport) -> Iterator[RenderableType]:
    facts = (
        f"tags {repository.tags}",
        f"scanned {repository.scanning}",
        repository.encryption,
        f"{repository.deletion} on removal",
    )
    yield f"  [bold]{escape(repository.name)}[/]  {escape(' · '.join(facts))}"
    details = Table.grid(padding=(0, 2))
    details.add_column(style="dim", no_wrap=True)
    details.add_column(overflow="fold")
    for title, lines in (("images", repository.retention), ("access", repository.access)):
        details.add_row(title, escape("\n".join(lines)))
    yield Padding(details, (0, 0, 0, 4))


def _exemptions(report: Report) -> Iterator[RenderableType]:
    lines = [
        (repository.name, exemption)
        for registry in report.registries
        for repository in registry.repositories
        for exemption in repository.exemptions
    ]
    if not lines:
        return
    yield "[bold]Exemptions[/]"
    for name, exemption in lines:
        until = f" until {exemption.expires}" if exemption.expires else ""
        expired = " [red](expired)[/]" if exemption.has_expired(report.today) else ""
        yield (
            f"  {escape(name)}: {exemption.control}{until}{expired}"
            f" [dim]because[/] {escape(exemption.reason)}"
        )
    yield ""


def _verdict(report: Report) -> Iterator[RenderableType]:
    counted = [finding for finding in report.findings if finding.counts]
    silenced = len(report.findings) - len(counted)
    if not counted:
        yield "[bold green]No findings[/]" + f" [dim]({silenced} acknowledged)[/]" * bool(silenced)
        return
    yield f"[bold red]{len(counted)} findings[/] [dim]`ecr-constructs check` tells them[/]"
    for finding in counted:
        where = finding.origin.construct_path or finding.origin.logical_id
        yield f"  [bold]{finding.severity}[/] {escape(where)}: {escape(finding.message)}"
