"""The report in a terminal: a line a repository, then what needs a decision.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from ecr_constructs.review.report import RegistryReport, Report, RepositoryReport

#: A bare width would cut names where the output is no terminal.
_WIDTH_IN_A_PIPE = 160


def render_report(report: Report, console: Console) -> None:
    """Print the report."""
    if not console.is_terminal:
        console.width = max(console.width, _WIDTH_IN_A_PIPE)
    for registry in report.registries:
        console.print(
            f"[bold]Registry of account {escape(registry.account)} in {escape(registry.region)}[/]"
            f" [dim]{len(registry.repositories)} repositories[/]"
        )
        console.print(Padding(_repositories(registry), (0, 0, 1, 0)))
    console.print(Group(*_exemptions(report), *_verdict(report)))


def _repositories(registry: RegistryReport) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    table.add_column("repository", style="bold", no_wrap=True, overflow="fold")
    for name in ("tags", "scanned", "encrypted", "images", "access", "on removal"):
        table.add_column(name, overflow="fold")
    for repository in registry.repositories:
        table.add_row(*_row(repository))
    return table


def _row(repository: RepositoryReport) -> Iterator[str]:
    for cell in (
        repository.name,
        repository.tags,
        repository.scanning,
        repository.encryption,
        "\n".join(repository.retention),
        "\n".join(repository.access),
        repository.deletion,
    ):
        yield escape(cell)


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
