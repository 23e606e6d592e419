"""What the access commands print for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.markup import escape
from rich.padding import Padding

from ecr_constructs.access import Access, Answer, Decision
from ecr_constructs.access.answer import PlacedStatement
from ecr_constructs.cli._common import console
from ecr_constructs.model.words import plural

_STYLES = {
    Decision.ALLOW: "bold green",
    Decision.CONDITIONAL: "bold yellow",
    Decision.DENY: "bold red",
}


def print_answer(answer: Answer, question: str) -> None:
    """Print a decision, and below it why."""
    out = console()
    out.print(f"[{_STYLES[answer.decision]}]{answer.decision}[/] {escape(question)}")
    out.print(Padding(escape(answer.reason), (0, 0, 0, 2)))
    unmet = dict.fromkeys(
        f"{each.description} [{each.status}]" if each.condition else each.description
        for each in answer.unmet_conditions
    )
    _print_list("decided by", map(_placed, answer.statements))
    _print_list("not met", unmet)
    _print_list("assumed", answer.assumptions)


def print_principals(found: Sequence[Access], question: str) -> None:
    """Print who can do something, each with the statements that let them."""
    out = console()
    for access in found:
        decision = access.decision
        out.print(f"[{_STYLES[decision]}]{decision}[/] {escape(str(access.principal))}")
        for placed in access.statements:
            out.print(Padding(escape(_placed(placed)), (0, 0, 0, 2)))
    count = plural(len(found), "principal") if found else "no principals"
    out.print(f"{count} for {escape(question)}")


def _print_list(title: str, lines: Iterable[str]) -> None:
    out = console()
    for number, line in enumerate(lines):
        if not number:
            out.print(f"[dim]{title}[/]")
        out.print(Padding(escape(line), (0, 0, 0, 2)))


def _placed(placed: PlacedStatement) -> str:
    source = f"{placed.source.side} {placed.source.name}"
    if placed.statement is None:
        return f"{source} {placed.description}"
    sid = placed.statement.sid
    # People count from one, as the checks and the review do; JSON paths count from zero.
    number = 1 + (placed.index or 0)
    name = f"statement {number}" if sid is None else f"statement {number} ({sid})"
    return f"{source}, {name}: {placed.description}"
