"""Helpers for tests of what an app does to Amazon ECR: the rules, all or one at a time.

Layer: testing; imports all but ``constructs``.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union, cast

from ecr_constructs.checks.engine import Finding, run_checks
from ecr_constructs.checks.live_app import acknowledged_above, synthesised
from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.checks.selection import find_rules, select_rules
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.problem import Severity, severity_of
from ecr_constructs.model.words import shown
from ecr_constructs.sources.assembly import read_assembly

if TYPE_CHECKING:
    from aws_cdk.assertions import Template
    from constructs import IConstruct

#: What can be checked: a template as CDK's assertions have it or as parsed JSON, an app, a stage, a
#: stack or another construct, which are synthesised, or the path of an assembly or a template.
Source: TypeAlias = Union["Template", "IConstruct", Mapping[str, Any], Path, str]


def find(
    source: Source,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    account: str | None = None,
    region: str | None = None,
    today: dt.date | None = None,
) -> tuple[Finding, ...]:
    """Return what the rules find, worst first: what ``ecr-constructs check`` says.

    Args:
        source: What to check. Of a stack or another construct what is below it;
            the whole app is read for it, so that what lies between stacks is
            seen. A template alone says nothing of the stacks nested in it.
        select: The only rules to run, by name. Default: all but those that have
            to be asked for.
        ignore: Rules not to run, by name. Default: none.
        account: Where a template alone would be deployed. Default: not known.
        region: The Region likewise.
        today: The day on which exemptions are judged. Default: this one.

    Raises:
        ConfigurationError: If there is no rule of such a name, or the source is none.
        SourceError: If the source is neither an assembly nor a template.
    """
    rules = select_rules(CATALOGUE, select=select, ignore=ignore)
    day = today or dt.datetime.now(tz=dt.UTC).date()
    if isinstance(source, Path | str):
        return run_checks(read_assembly(source, account=account, region=region), rules, today=day)
    if hasattr(source, "node"):
        construct = cast("IConstruct", source)
        deployment = read_assembly(synthesised(construct), account=account, region=region)
        path = construct.node.path
        found = run_checks(deployment, rules, today=day)
        said = tuple(acknowledged_above(construct.node.root, {each.place for each in found}))
        if said:
            found = run_checks(deployment, rules, today=day, acknowledgements=said)
        return tuple(f for f in found if f"{f.place}/".startswith(f"{path}/") or not path)
    if not isinstance(source, Mapping) and not hasattr(source, "to_json"):
        raise ConfigurationError(
            "source must be an app, a stack, a template or the path of an assembly, got"
            f" {shown(source)}; write for example assert_governed(stack)"
        )
    template = source if isinstance(source, Mapping) else source.to_json()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.json"
        file.write_text(json.dumps(template, default=dict), encoding="utf-8")
        return run_checks(read_assembly(file, account=account, region=region), rules, today=day)


def assert_governed(
    source: Source,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    fail_on: Severity = Severity.ERROR,
    account: str | None = None,
    region: str | None = None,
    today: dt.date | None = None,
) -> None:
    """Assert that no rule finds anything that counts: no exemption or acknowledgement covers it.

    Takes the arguments of :func:`find`, and:

    Args:
        source: See there.
        select: See there.
        ignore: See there.
        fail_on: The least severity that counts. Default: errors. What cannot be
            told before deployment is a warning.
        account: See there.
        region: See there.
        today: See there.

    Raises:
        AssertionError: If one does; with what, where, and what to write instead.

    Example:
        >>> from ecr_constructs.testing import assert_governed
        >>> assert_governed({"Resources": {}})
    """
    found = find(source, select=select, ignore=ignore, account=account, region=region, today=today)
    least = severity_of(fail_on)
    _refuse_findings([f for f in found if f.counts and f.severity.weight <= least.weight])


def assert_no_finding(
    source: Source, rule: str, *, account: str | None = None, region: str | None = None
) -> None:
    """Assert that one rule finds nothing that counts, and that it can be told.

    Args:
        source: As for :func:`find`.
        rule: Its name, such as ``"PublicPrincipal"``.
        account: As there.
        region: As there.

    Raises:
        AssertionError: If it does, or it cannot be told before deployment.
    """
    found = find(source, select=[rule], account=account, region=region)
    _refuse_findings([finding for finding in found if finding.counts])


def assert_finding(
    source: Source,
    rule: str,
    *,
    at: str | None = None,
    account: str | None = None,
    region: str | None = None,
) -> None:
    """Assert that one rule finds something, acknowledged or not: the rule is seen to work.

    Args:
        source: As for :func:`find`.
        rule: Its name, such as ``"PublicPrincipal"``.
        at: The construct path or the logical id of the resource. Default: anywhere.
        account: As there.
        region: As there.

    Raises:
        AssertionError: If it does not.
    """
    found = find(source, select=[rule], account=account, region=region)
    places = [f"{each.place} ({each.origin.logical_id})" for each in found]
    if any(at in {None, each.place, each.origin.logical_id} for each in found):
        return
    names = ", ".join(each.id for each in find_rules(CATALOGUE, rule, parameter="rule"))
    where = "" if at is None else f" at {at}"
    got = f"it does at {', '.join(places)}" if places else "it finds nothing"
    raise AssertionError(f"expected {names} to find something{where}, but {got}")


def _refuse_findings(findings: Sequence[Finding]) -> None:
    if findings:
        lines = [
            f"\n  {each.severity} {each.place} {each.id}: {each.message}; {each.fix}"
            for each in findings
        ]
        number = f"{len(findings)} finding{'s' * (len(findings) > 1)}"
        raise AssertionError(f"{number}:{''.join(lines)}")
