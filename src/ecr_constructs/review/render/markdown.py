"""The review as Markdown for a pull request: short first, details folded.

Layer: review. Text out of templates is shown as text: it neither formats, nor
links, nor calls anybody by their name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ecr_constructs.model.words import plural
from ecr_constructs.review.change.difference import Change, Difference
from ecr_constructs.review.render.markdown_text import code, code_cell, prose, summary, table
from ecr_constructs.review.render.mermaid import registry_map
from ecr_constructs.review.render.shapes import SEVERITY_SHAPES, SHAPES
from ecr_constructs.review.report import Loosened, RegistryReport, Report, RepositoryReport
from ecr_constructs.review.run import Review

#: As many characters has a comment at GitHub: https://github.com/orgs/community/discussions/27190
LIMIT: Final = 65_536
#: By this a job finds the comment that it wrote before.
MARK: Final = "<!-- ecr-constructs review -->"


def to_markdown(review: Review, *, limit: int = LIMIT) -> str:
    """Return a review as Markdown.

    Args:
        review: The review.
        limit: As many characters it has at most. What does not fit is left out
            from the end, and how much it was is said.
    """
    head = [MARK, "## Review of Amazon ECR", *_summary(review)]
    parts = [*_change(review.change), *_decisions(review.report), *_report(review.report)]
    return _cut(head, parts, limit)


def _summary(review: Review) -> Iterator[str]:
    report = review.report
    what = (
        f"{plural(len(report.registries), 'registry')}, {plural(report.repositories, 'repository')}"
    )
    if report.public_repositories:
        what += f", {plural(len(report.public_repositories), 'public repository')}"
    findings = plural(len(report.counted), "finding") if report.counted else "no findings"
    yield f"{what}, {findings}."
    change = review.change
    if change is None:
        return
    if change.is_empty:
        yield f"**Nothing changes** against {code(review.older)}."
        return
    counts = " · ".join(
        f"{SHAPES[kind]} **{count}** {kind.heading.lower()}"
        for kind, count in change.counts.items()
    )
    yield f"Against {code(review.older)}: {counts}"


@dataclass(frozen=True, slots=True)
class _Part:
    """Something that is shown or left out as a whole.

    Attributes:
        text: What is shown.
        what: What it is, in words for those who miss it.
        opening: What stands before the first part of its group; it tells groups apart.
    """

    text: str
    what: str
    opening: str


def _folded(title: str, what: str, entries: Iterable[str]) -> Iterator[_Part]:
    """Yield entries below a heading that folds."""
    lines = list(entries)
    opening = f"<details><summary>{summary(title)}</summary>\n"
    for line in lines:
        yield _Part(line, what, opening)


def _change(change: Change | None) -> Iterator[_Part]:
    if change is None:
        return
    for kind in change.counts:
        heading = f"### {SHAPES[kind]} {kind.heading}\n"
        for each in change.of(kind):
            line = _difference(each, several=len({d.place for d in change.differences}) > 1)
            yield _Part(line, "change", heading)


def _difference(difference: Difference, *, several: bool) -> str:
    doubt = "_cannot tell:_ " if difference.hides_doubt else ""
    line = f"- {doubt}{prose(difference.sentence)}"
    notes = []
    if several and difference.place is not None:
        notes.append(prose(str(difference.place)))
    if difference.cause:
        notes.append(f"as {prose(difference.cause)}")
    return line + "".join(f"<br><sub>{note}</sub>" for note in notes)


def _decisions(report: Report) -> Iterator[_Part]:
    if report.counted:
        yield from _folded(
            f"{plural(len(report.counted), 'finding')}",
            "finding",
            (
                f"- {SEVERITY_SHAPES[each.severity]} **{each.label}** {code(each.place)}:"
                f" {prose(each.message)}; {prose(each.fix)}"
                for each in report.counted
            ),
        )
    for title, entries in (
        ("exemption", report.exemptions),
        ("acknowledgement", report.acknowledgements),
    ):
        if entries:
            yield from _folded(plural(len(entries), title), title, map(_loosened, entries))
    if report.hand_overs:
        yield from _folded(
            f"{plural(len(report.hand_overs), 'hand-over')}",
            "hand-over",
            (
                f"- {prose(each.title)} needs {'; '.join(map(prose, each.needs))}"
                + "".join(f"\n\n  {code(command)}\n" for command in each.commands)
                for each in report.hand_overs
            ),
        )
    if report.unreadable:
        yield from _folded(
            f"{plural(len(report.unreadable), 'value')} that cannot be read",
            "unreadable value",
            (f"- {code(each.where)}: {prose(each.problem.sentence)}" for each in report.unreadable),
        )


def _loosened(each: Loosened) -> str:
    until = f" until {each.expires}" if each.expires else ""
    expired = " **(expired)**" if each.expired else ""
    where, control = code(each.where), code(each.control)
    return f"- {where}: {control}{until}{expired}, because {prose(each.reason)}"


def _report(report: Report) -> Iterator[_Part]:
    drawing = registry_map(report)
    if drawing:
        text = f"```mermaid\n{drawing}\n```\n"
        title = "Map of the registries"
        yield from _folded(title, "map", [text])
    for registry in report.registries:
        title = (
            f"Registry of account {registry.place.account} in {registry.place.region}:"
            f" {plural(len(registry.repositories), 'repository')}"
        )
        yield from _folded(title, "detail", _registry(registry))
    if report.public_repositories:
        lines = (f"- {code(each.name)}: {prose(each.words)}" for each in report.public_repositories)
        yield from _folded("Public repositories", "detail", lines)


def _registry(registry: RegistryReport) -> Iterator[str]:
    scanning = registry.scanning
    lines = [("scanning", "; ".join((scanning.summary, *scanning.rules)))]
    if scanning.uncovered:
        lines.append(("not scanned on push", plural(len(scanning.uncovered), "repository")))
    if scanning.unknown:
        lines.append(
            ("scanned or not, nobody can tell", plural(len(scanning.unknown), "repository"))
        )
    lines += [("registry policy", line.words) for line in registry.statements]
    lines += [
        ("replication", f"{', '.join(f.prefixes)} to {f.destination}: {f.permission}")
        for f in registry.replication
    ]
    lines += [("pull through cache", f"{c.prefix}: {c.upstream}") for c in registry.caches]
    lines += [
        ("creation template", f"{t.prefix}: {', '.join(t.applied_for)}") for t in registry.templates
    ]
    lines += [("signing", line) for line in registry.signing]
    lines += [("alert", line) for line in registry.alerts]
    lines += [("pulls not counted", each.words) for each in registry.exclusions]
    lines += [("account setting", line) for line in registry.account_settings]
    lines += [("bills", line) for line in registry.bills]
    yield from (f"- {title}: {prose(line)}" for title, line in lines)
    if registry.repositories:
        head = table(("repository", "tags", "scanned", "on removal", "images", "access"))
        yield f"\n{head}"
    yield from map(_row, registry.repositories)


def _row(repository: RepositoryReport) -> str:
    access = [
        f"{prose(row.who)}: {', '.join(str(grant.purpose) for grant in row.grants)}"
        for row in repository.access
    ]
    cells = (
        code_cell(repository.name),
        prose(repository.tags),
        prose(repository.scan.words),
        prose(repository.deletion),
        "<br>".join(map(prose, repository.retention)),
        "<br>".join(filter(None, [*access, prose(repository.beside_access)])),
    )
    return f"| {' | '.join(cells)} |"


def _cut(head: list[str], parts: list[_Part], limit: int) -> str:
    """Join what fits, and say how much does not."""
    text = "\n\n".join(head) + "\n"
    # What is kept free for the note on what was left out, and for the end of what folds.
    room = limit - 600
    shown, opened = text, ""
    for place, part in enumerate(parts):
        piece = f"{part.text}\n"
        if part.opening != opened:
            piece = f"{_closing(opened)}\n{part.opening}\n{piece}"
        if len(shown) + len(piece) > room:
            return f"{shown}{_closing(opened)}\n{_left_out(parts[place:], limit)}\n"
        shown, opened = shown + piece, part.opening
    return shown + _closing(opened)


def _closing(opening: str) -> str:
    return "\n</details>\n" if opening.startswith("<details>") else ""


def _left_out(parts: list[_Part], limit: int) -> str:
    counts: dict[str, int] = {}
    for part in parts:
        counts[part.what] = counts.get(part.what, 0) + 1
    words = ", ".join(plural(count, what) for what, count in counts.items())
    return f"_Left out, as a comment has room for {limit:,} characters: {words}._"
