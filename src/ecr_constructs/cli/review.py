"""`ecr-constructs review`: what the registries are, and what changes.

What a command needs is imported when it runs: every command starts with all of
this file.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecr_constructs.cli._common import OptionalAssemblyArgument, ParameterOption, Status, console
from ecr_constructs.cli._lifecycle_input import moment
from ecr_constructs.cli._lifecycle_options import NowOption
from ecr_constructs.cli._live import (
    LiveOption,
    PlaceAccountOption,
    PlaceRegionOption,
    PrintedOption,
    ProfileOption,
    given_side,
    refuse_idle,
)
from ecr_constructs.cli._review_output import ReviewFormat, deliver, targets_of
from ecr_constructs.errors import ConfigurationError

if TYPE_CHECKING:
    from ecr_constructs.review import Review


def review(
    assembly: OptionalAssemblyArgument = None,
    *,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="OLDER",
            help="The older side, an assembly or a template too, to tell what changes; live for"
            " the registries that are there, to tell what a deployment changes in them.",
            show_default=False,
        ),
    ] = None,
    images: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]INVENTORY",
            help="What `aws ecr describe-images --output json` prints of a repository, to count"
            " the images that a change takes; may be repeated. NAME is the repository where the"
            " inventory does not say it, or ACCOUNT/REGION/NAME.",
            show_default=False,
        ),
    ] = None,
    live: LiveOption = False,
    profile: ProfileOption = None,
    printed: PrintedOption = None,
    account: PlaceAccountOption = None,
    region: PlaceRegionOption = None,
    parameter: ParameterOption = None,
    now: NowOption = None,
    output: Annotated[
        ReviewFormat | None,
        typer.Option(
            "--format",
            help="A table for the terminal, Markdown for a pull request, one HTML page, one JSON"
            " document, or SARIF 2.1.0. Default: what the name of FILE asks for (.md, .html, .json,"
            " .sarif), else a table.",
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write it to a file, or to standard output for -; may be repeated, to have several"
            " formats of one review.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CLASSES",
            help="Exit with 1 if there is a change of one of these classes: lost, widened,"
            " narrowed, weakened, strengthened, stopped, started, unscanned, scanned, replaced,"
            " harmless, or any; with commas, or repeated. Needs --against.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Review what the registries of an assembly are, or a live one, and what changes.

    With an older side each difference is told in one sentence with its cause,
    worst first: images lost, access widened and narrowed (on what policies
    amount to, not on their text), protection, replication, scanning.

    --against live compares with what is there, and --live --against OLDER does
    it the other way round. Where the template that is deployed says what the
    assembly says, somebody changed it by hand, and a deployment leaves it alone;
    CloudFormation is asked for that. What the assembly does not define stays as
    it is, and what is known at deployment alone is taken for what is there, if
    it may be that. Nothing is written.

    \b
    ecr-constructs review cdk.out
    ecr-constructs review cdk.out --against main.out --fail-on lost,widened
    ecr-constructs review cdk.out --against main.out --images images.json -o review.html
    ecr-constructs review cdk.out --against main.out -o - -o comment.md -o review.html
    ecr-constructs review --live --region eu-west-1
    ecr-constructs review cdk.out --against live --profile production
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.cli._review_input import gate, named_inventory
    from ecr_constructs.cli._review_live import LIVE, Place, is_live, sides_of
    from ecr_constructs.review import review as review_assembly

    gates = gate(fail_on or ())
    if fail_on and against is None:
        raise ConfigurationError(
            "--fail-on judges a change, got no older side; write --against OLDER"
        )
    targets = targets_of(output, file)
    is_against_live = is_live(against)
    refuse_idle(
        live=given_side(assembly, live=live, command="review") is None or is_against_live,
        template=not live or against is not None,
        profile=profile,
        printed=printed,
        parameter=parameter,
    )
    place = Place(
        account=account,
        region=region,
        parameters=_parameters(parameter),
        profile=profile,
        printed=tuple(printed or ()),
    )
    sides = sides_of(
        assembly, None if is_against_live else against, place, is_against_live=is_against_live
    )
    result = review_assembly(
        sides.newer,
        against=sides.older,
        now=moment(now),
        images=[named_inventory(each) for each in images or ()],
        account=account,
        region=region,
        parameters=place.parameters,
    )
    result = sides.told(result)
    for target in targets:
        if target.is_shown:
            from ecr_constructs.review.render.terminal import render_review

            render_review(result, console())
        else:
            deliver(_rendered(result, target.form, assembly or Path(LIVE)), target.file)
    changes = () if result.change is None else result.change.differences
    return Status.FINDINGS if any(each.kind in gates for each in changes) else Status.CLEAR


def _rendered(result: Review, form: ReviewFormat, assembly: Path) -> str:
    """Return the text of a review, whole, before any of it is written."""
    if form is ReviewFormat.MARKDOWN:
        from ecr_constructs.review.render.markdown import to_markdown

        return to_markdown(result)
    if form is ReviewFormat.HTML:
        return _page(result)
    if form is ReviewFormat.JSON:
        from ecr_constructs.review.render.document import to_document

        return _json(to_document(result))
    if form is ReviewFormat.SARIF:
        from ecr_constructs.checks.rules import RULES
        from ecr_constructs.review.locate import Locator
        from ecr_constructs.review.render.sarif import review_to_sarif

        version = metadata.version("ecr-constructs")
        return _json(review_to_sarif(result, RULES, locate=Locator(assembly), version=version))
    from ecr_constructs.review.render.terminal import to_text

    return to_text(result)


def _page(result: Review) -> str:
    try:
        from ecr_constructs.review.render.html import to_html
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("ecr_constructs"):
            raise
        raise ConfigurationError(
            f"the page needs {error.name!r}, which is not installed; run: pip install"
            " 'ecr-constructs[cli]'"
        ) from error
    return to_html(result)


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _parameters(given: list[str] | None) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise ConfigurationError(
                f"--parameter must be NAME=VALUE, got {each!r}; write for example Stage=prod"
            )
        parameters[name] = value
    return parameters
