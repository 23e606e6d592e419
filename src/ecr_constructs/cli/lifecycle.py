"""`ecr-constructs lifecycle`: lint a policy, preview what it does, compare two.

What a command needs is imported when it runs: every command starts with all of
this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ecr_constructs.cli._common import (
    AccountOption,
    Format,
    FormatOption,
    RegionOption,
    Status,
    print_json,
)
from ecr_constructs.cli._lifecycle_input import (
    inventory_in,
    moment,
    one_standard_input,
)
from ecr_constructs.cli._lifecycle_live import LiveRepository, LiveRepositoryOption, refuse_mixed
from ecr_constructs.cli._lifecycle_options import (
    AllOption,
    ChildrenOption,
    CompareGate,
    ImagesOption,
    NowOption,
    OptionalImagesOption,
    PreviewGate,
    ReferrersOption,
    RepositoryOption,
)
from ecr_constructs.cli._lifecycle_policies import (
    Chosen,
    one_policy,
    policy_text,
    refuse_idle_repository,
    two_policies,
)
from ecr_constructs.cli._live import PlaceRegionOption, ProfileOption
from ecr_constructs.collector import paused_collector
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.problem import Severity

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Lint a lifecycle policy, and tell which images it deletes or archives.",
)


@app.command(short_help="Say what ECR refuses in a policy, and what surprises people.")
@paused_collector()
def lint(
    policy: Annotated[
        Path,
        typer.Argument(
            metavar="POLICY",
            help="A lifecycle policy as JSON, or what `aws ecr get-lifecycle-policy` prints; - for"
            " standard input.",
            show_default=False,
        ),
    ],
    *,
    images: OptionalImagesOption = None,
    now: NowOption = None,
    output: FormatOption = Format.TABLE,
    fail_on: Annotated[
        Severity, typer.Option(help="The least severity that makes the exit status 1.")
    ] = Severity.ERROR,
) -> int:
    """Say what ECR refuses in a lifecycle policy, and what surprises people.

    With an inventory, warnings name the images that show them.

    \b
    ecr-constructs lifecycle lint policy.json
    ecr-constructs lifecycle lint policy.json --images images.json --fail-on warning
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.lifecycle.lint import lint_text
    from ecr_constructs.model.lifecycle import text_problems

    one_standard_input(policy, images)
    text = policy_text(policy)
    for problem in text_problems(text):
        if problem.id == "json":
            raise ConfigurationError(f"{problem.message}; {problem.fix}", path=str(policy))
    held = inventory_in(images).images if images else None
    problems = lint_text(text, images=held, now=moment(now))
    if output is Format.JSON:
        members = ("id", "path", "severity", "message", "fix")
        print_json({"problems": [{m: getattr(p, m) for m in members} for p in problems]})
    else:
        from ecr_constructs.cli._lifecycle_tables import print_problems

        print_problems(problems)
    found = any(problem.severity.weight <= fail_on.weight for problem in problems)
    return Status.FINDINGS if found else Status.CLEAR


@app.command(short_help="Tell which images a policy deletes or archives, and why.")
@paused_collector()
def preview(
    *,
    images: OptionalImagesOption = None,
    live: LiveRepositoryOption = None,
    profile: ProfileOption = None,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="POLICY", help="A JSON file that holds a policy.", show_default=False),
    ] = None,
    assembly: Annotated[
        Path | None,
        typer.Option(
            metavar="ASSEMBLY",
            help="Take the policy of a repository in this assembly or template instead.",
            show_default=False,
        ),
    ] = None,
    repository: RepositoryOption = None,
    account: AccountOption = None,
    region: PlaceRegionOption = None,
    now: NowOption = None,
    output: FormatOption = Format.TABLE,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="DIGEST_OR_TAG", help="Say why one image goes or stays.", show_default=False
        ),
    ] = None,
    everything: AllOption = False,
    fail_on: Annotated[
        PreviewGate,
        typer.Option(help="Exit with 1 if images expire, or if they expire or are archived."),
    ] = PreviewGate.NEVER,
    count_index_children: ChildrenOption = False,
    rules_see_referrers: ReferrersOption = False,
) -> int:
    """Tell which images a policy deletes or archives, and why, without AWS.

    With --live the images are those that are there, and ECR's own preview stands
    beside ours, with the images on which the two differ. All is read but that
    preview, which is started: it deletes and archives nothing, and takes the
    place of the one before it. With --explain none is started.

    \b
    aws ecr describe-images --repository-name payments/api \\
        --filter imageStatus=ANY --output json > images.json
    ecr-constructs lifecycle preview --policy policy.json --images images.json
    ecr-constructs lifecycle preview --policy policy.json --images images.json --explain v1.2.0
    ecr-constructs lifecycle preview --assembly cdk.out --repository payments/api \\
        --images images.json
    ecr-constructs lifecycle preview --live payments/api
    ecr-constructs lifecycle preview --live payments/api --policy policy.json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.lifecycle.evaluate import evaluate
    from ecr_constructs.lifecycle.verdict import Assumptions

    refuse_mixed(live, images=images, profile=profile, now=now)
    refuse_idle_repository(repository, assembly=assembly)
    one_standard_input(policy, images)
    time = moment(now)
    there = None if live is None else LiveRepository.of(live, profile=profile, region=region)
    if there is not None and policy is None and assembly is None:
        chosen = Chosen(there.policy())
    else:
        chosen = one_policy(policy, assembly, repository or live, account, region)
    if there is None:
        assert images is not None
        inventory = inventory_in(images)
    else:
        inventory = there.inventory()
    chosen.must_be_of(inventory)
    assumptions = Assumptions(
        count_index_children=count_index_children, rules_see_referrers=rules_see_referrers
    )
    evaluation = evaluate(chosen.policy, inventory.images, time, assumptions=assumptions)
    beside = None if there is None or explain else there.beside(chosen.policy, evaluation)
    if output is Format.JSON:
        from ecr_constructs.cli import _lifecycle_json as documents

        if explain is None:
            documents.print_preview(evaluation, {} if beside is None else beside.members())
        else:
            documents.print_explanation(evaluation, explain)
    else:
        from ecr_constructs.cli import _lifecycle_tables as tables

        if explain is None:
            tables.print_preview(evaluation, tables.title(inventory, time), everything=everything)
            if beside is not None:
                beside.print(everything=everything)
        else:
            tables.print_explanation(evaluation, explain)
    counted = fail_on.counted
    goes = any(count for outcome, count in evaluation.totals.items() if outcome in counted)
    goes = goes or (beside is not None and beside.acts(counted))
    return Status.FINDINGS if goes else Status.CLEAR


@app.command(short_help="Tell which images a change of policy deletes, archives or saves.")
@paused_collector()
def compare(
    *,
    policy: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="OLD --policy NEW",
            help="The policy that is there, then the one that is to be.",
            show_default=False,
        ),
    ] = None,
    assembly: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="OLD --assembly NEW",
            help="Take the policies of a repository in these assemblies or templates instead.",
            show_default=False,
        ),
    ] = None,
    repository: RepositoryOption = None,
    account: AccountOption = None,
    region: RegionOption = None,
    images: ImagesOption,
    now: NowOption = None,
    output: FormatOption = Format.TABLE,
    everything: AllOption = False,
    fail_on: Annotated[
        CompareGate,
        typer.Option(help="Exit with 1 if the change deletes images, or deletes or archives some."),
    ] = CompareGate.NEVER,
    count_index_children: ChildrenOption = False,
    rules_see_referrers: ReferrersOption = False,
) -> int:
    """Tell which images a change of policy deletes, archives or saves.

    \b
    ecr-constructs lifecycle compare --policy old.json --policy new.json --images images.json
    ecr-constructs lifecycle compare --assembly main.out --assembly cdk.out \\
        --repository payments/api --images images.json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.lifecycle.compare import Effect
    from ecr_constructs.lifecycle.compare import compare as compare_policies
    from ecr_constructs.lifecycle.verdict import Assumptions

    refuse_idle_repository(repository, assembly=assembly)
    one_standard_input(*policy or (), images)
    time = moment(now)
    old, new = two_policies(policy or [], assembly or [], repository, account, region)
    inventory = inventory_in(images)
    old.must_be_of(inventory)
    new.must_be_of(inventory)
    assumptions = Assumptions(
        count_index_children=count_index_children, rules_see_referrers=rules_see_referrers
    )
    comparison = compare_policies(
        old.policy, new.policy, inventory.images, time, assumptions=assumptions
    )
    if output is Format.JSON:
        from ecr_constructs.cli import _lifecycle_json as documents

        documents.print_comparison(comparison)
    else:
        from ecr_constructs.cli import _lifecycle_tables as tables

        tables.print_comparison(comparison, tables.title(inventory, time), everything=everything)
    effects = {change.effect for change in comparison.changes}
    gated = {
        CompareGate.DELETE: {Effect.DELETE},
        CompareGate.ARCHIVE: {Effect.DELETE, Effect.ARCHIVE},
        CompareGate.NEVER: set(),
    }[fail_on]
    return Status.FINDINGS if effects & gated else Status.CLEAR
