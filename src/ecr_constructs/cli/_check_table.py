"""Findings and rules in the terminal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from ecr_constructs.checks.engine import Finding
from ecr_constructs.checks.rule import Rule
from ecr_constructs.model.problem import Severity, Status
from ecr_constructs.model.words import examples, plural

if TYPE_CHECKING:
    from rich.console import Console

_STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
#: How many resources with one and the same finding are named.
_SHOWN: Final = 3


def print_findings(
    out: Console, findings: Iterable[Finding], *, repositories: int, rules: int
) -> None:
    """Print findings, worst first; the same one at several resources is printed once.

    Args:
        out: The terminal.
        findings: What was found, worst first.
        repositories: How many repositories were checked.
        rules: How many rules were run.
    """
    findings = list(findings)
    for group in _groups(findings):
        _print_group(out, group)
    counted = [each for each in findings if each.counts]
    told = Counter(each.severity for each in counted if each.status is not Status.UNKNOWN)
    verdicts = [plural(told[severity], severity) for severity in Severity if told[severity]]
    unknown = sum(each.status is Status.UNKNOWN for each in counted)
    verdicts += [f"{unknown:,} cannot be told"] * bool(unknown)
    silenced = len(findings) - len(counted)
    verdict = ", ".join(verdicts)
    out.print(
        f"{plural(repositories, 'repository')} checked against {plural(rules, 'rule')}:"
        f" {verdict or 'nothing to say'}" + f", {silenced:,} acknowledged" * bool(silenced)
    )


def _groups(findings: Iterable[Finding]) -> Iterable[list[Finding]]:
    """Return the findings that say the same, of several rules or at several resources."""
    groups: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for each in findings:
        said = (each.message, each.fix, each.severity, each.status, each.acknowledged)
        groups[said].append(each)
    return groups.values()


def _print_group(out: Console, group: Sequence[Finding]) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    first = group[0]
    places = list(dict.fromkeys(finding.place for finding in group))
    where = examples(places)
    style = _STYLES[first.severity] if first.counts else "dim"
    word = first.label if first.counts else "acknowledged"
    rules = ", ".join(dict.fromkeys(finding.rule for finding in group))
    out.print(f"[{style}]{word}[/] {escape(where)} [dim]{rules}[/]")
    out.print(Padding(escape(f"{first.message}; {first.fix}"), (0, 0, 0, 2), expand=False))
    if first.acknowledged is not None:
        reason = escape(first.acknowledged) or "none was given"
        out.print(Padding(f"[dim]reason:[/] {reason}", (0, 0, 0, 2), expand=False))


def print_catalogue(out: Console, rules: Iterable[Rule]) -> None:
    """Print a line for each rule."""
    from rich.markup import escape

    rules = list(rules)
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        asked = " [dim](runs only if it is selected)[/]" if rule.opt_in else ""
        severity = f"[{_STYLES[rule.severity]}]{rule.severity:<7}[/]"
        out.print(f"{severity} {rule.id:<{width}}  {escape(rule.title)}{asked}")


def print_explanation(out: Console, rule: Rule) -> None:
    """Print what a rule is for."""
    from rich.markup import escape
    from rich.padding import Padding

    style = _STYLES[rule.severity]
    asked = ", runs only if it is selected" if rule.opt_in else ""
    out.print(f"[bold]{rule.id}[/] [{style}]{rule.severity}[/]{asked}")
    out.print(escape(rule.title))
    for heading, text in (
        ("Why", rule.explanation),
        ("What to write", rule.remediation),
        ("Loosened by", f"Exemption(Control.{rule.control.name}, '<why>')" if rule.control else ""),
        ("Elsewhere", ", ".join(f"{tool} {ids}" for tool, ids in rule.elsewhere.items())),
        ("Source", rule.source),
    ):
        if text:
            out.print(f"\n[bold]{heading}[/]")
            out.print(Padding(escape(text), (0, 0, 0, 2), expand=False))
