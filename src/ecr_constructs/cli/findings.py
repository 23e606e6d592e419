"""`ecr-constructs findings`: what scanning found in a live image.

What a command needs is imported when it runs: every command starts with all of
this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ecr_constructs.cli._common import Format, FormatOption, Status, console, print_json
from ecr_constructs.cli._lifecycle_options import AllOption
from ecr_constructs.cli._live import LiveRegionOption, ProfileOption, connection
from ecr_constructs.model.scan_result import FindingSeverity, ImageScan, ScanFinding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

_SHOWN: Final = 20
_STYLES: Final = {
    FindingSeverity.CRITICAL: "bold red",
    FindingSeverity.HIGH: "red",
    FindingSeverity.MEDIUM: "yellow",
}


def findings(
    image: Annotated[
        str,
        typer.Argument(
            metavar="REPOSITORY[:TAG|@DIGEST]",
            help="The image. Without a tag or a digest: the one that was pushed last.",
        ),
    ],
    *,
    output: FormatOption = Format.TABLE,
    everything: AllOption = False,
    fail_on: Annotated[
        FindingSeverity | None,
        typer.Option(
            help="The least severity that makes the exit status 1; an image whose findings are"
            " not known does too. Default: no finding does.",
            case_sensitive=False,
            show_default=False,
        ),
    ] = None,
    profile: ProfileOption = None,
    region: LiveRegionOption = None,
) -> int:
    """Say what scanning found in a live image, basic or enhanced, worst first.

    Of an index each platform's image is told. What Amazon Inspector suppresses
    does not count. Nothing is written, and no scan is started.

    \b
    ecr-constructs findings payments/api:v1.2.0
    ecr-constructs findings payments/api --fail-on high
    ecr-constructs findings payments/api:v1.2.0 --format json | jq '.images[].findings[].name'
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.sources.aws.scan_findings import ImageName, read_scans

    name = ImageName.parse(image)
    scans = read_scans(connection(profile=profile, region=region), name)
    if output is Format.JSON:
        print_json({"repository": name.repository, "images": [_document(each) for each in scans]})
    else:
        _print(console(), str(name), scans, everything=everything)
    fails = fail_on is not None and any(each.reaches(fail_on) for each in scans)
    return Status.FINDINGS if fails else Status.CLEAR


def _print(out: Console, name: str, scans: Sequence[ImageScan], *, everything: bool) -> None:
    from rich.markup import escape

    if not out.is_terminal:
        out.width = 10_000
    for number, scan in enumerate(scans):
        if number:
            out.print()
        platform = "" if scan.platform is None else f" {scan.platform}"
        out.print(f"[bold]{escape(name + platform)}[/]  [dim]{escape(scan.digest)}[/]")
        if not scan.is_told:
            why = f": {scan.description}" if scan.description else ""
            out.print(f"[yellow]what it has is not known[/], {escape(scan.status + why)}")
        shown = scan.counted if everything else scan.counted[:_SHOWN]
        for each in shown:
            _print_finding(out, each)
        if len(shown) < len(scan.counted):
            more = len(scan.counted) - len(shown)
            out.print(f"  [dim]and {more:,} more, --all shows them[/]")
        counts = ", ".join(f"{count:,} {severity}" for severity, count in scan.counts.items())
        suppressed = len(scan.findings) - len(scan.counted)
        words = counts or ("no findings" if scan.is_told else "none that are known")
        out.print(words + f", {suppressed:,} suppressed" * bool(suppressed))


def _print_finding(out: Console, finding: ScanFinding) -> None:
    from rich.markup import escape

    style = _STYLES.get(finding.severity, "dim")
    packages = ", ".join(
        f"{each.name} {each.version}".strip()
        + (f" (fixed in {each.fixed_in})" if each.fixed_in else "")
        for each in finding.packages
    )
    score = "" if finding.score is None else f" {finding.score:.1f}"
    exploit = " [bold red]exploit available[/]" if finding.exploit_available else ""
    out.print(
        f"  [{style}]{finding.severity:<13}[/] {escape(finding.name)}{score}"
        f"  {escape(packages)}{exploit}"
    )


def _document(scan: ImageScan) -> dict[str, Any]:
    return {
        "imageDigest": scan.digest,
        "imageTags": list(scan.tags),
        "platform": scan.platform,
        "status": scan.status,
        "description": scan.description,
        "findingSeverityCounts": {str(key): count for key, count in scan.counts.items()},
        "findings": [
            {
                "name": each.name,
                "severity": str(each.severity),
                "score": each.score,
                "title": each.title,
                "url": each.url,
                "packages": [
                    {"name": one.name, "version": one.version, "fixedInVersion": one.fixed_in}
                    for one in each.packages
                ],
                "suppressed": each.is_suppressed,
                "exploitAvailable": each.exploit_available,
            }
            for each in scan.findings
        ],
    }
