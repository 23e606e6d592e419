"""A side against itself, and two synths of the same intent, are no change."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from tests.review.templates import ACCOUNT, NOW, OTHER, REGION, told

from ecr_constructs import GovernedRepository, LifecyclePolicy, LifecycleRule, Principals
from ecr_constructs.review import review
from ecr_constructs.sources.documents import read_template

#: Two owners of one registry policy: which of them is told of depends on their order.
TWO_OWNERS = "37-two-owners"
CORPUS = sorted((Path(__file__).parents[1] / "corpus" / "templates").iterdir())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_template_of_the_field_against_itself_is_no_change(path: Path) -> None:
    found = review(path, against=path, now=NOW, account=ACCOUNT, region=REGION).change
    assert found is not None
    assert told(found) == []


@pytest.mark.parametrize(
    "path", [path for path in CORPUS if path.stem != TWO_OWNERS], ids=lambda path: path.stem
)
def test_template_of_the_field_in_another_order_is_no_change(path: Path, tmp_path: Path) -> None:
    assert backwards(path, tmp_path) == []


def test_repositories_of_one_name_are_told_apart_in_any_order(tmp_path: Path) -> None:
    """All that is said is that two owners set one policy differently."""
    (path,) = (path for path in CORPUS if path.stem == TWO_OWNERS)
    ((kind, sentence),) = backwards(path, tmp_path)
    assert kind == "widened"
    assert sentence.startswith("whether access to the repositories of this registry widens cannot")


def backwards(path: Path, tmp_path: Path) -> list[tuple[str, str]]:
    """What changes when the resources of a template come in the opposite order."""
    document = read_template(path)
    document["Resources"] = dict(reversed(document["Resources"].items()))
    # A file of the same name, as what is not known is called after it.
    other = tmp_path / f"{path.name.partition('.')[0]}.json"
    other.write_text(json.dumps(document), encoding="utf-8")
    found = review(other, against=path, now=NOW, account=ACCOUNT, region=REGION).change
    assert found is not None
    return told(found)


def build(order: tuple[int, ...], outdir: Path) -> Path:
    app = cdk.App(outdir=str(outdir))
    stack = cdk.Stack(app, "Main", env=cdk.Environment(account=ACCOUNT, region=REGION))
    api = GovernedRepository(
        stack,
        "Api",
        repository_name="payments/api",
        lifecycle_policy=LifecyclePolicy.of(LifecycleRule.keep_newest(5)),
    )
    bare = ecr.Repository(stack, "Bare", repository_name="web/shop")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    calls: list[Callable[[], object]] = [
        lambda: api.allow_pull(Principals.account(OTHER)),
        lambda: api.allow_pull(Principals.organization("o-a1b2c3d4e5")),
        lambda: api.grant_pull_push(role),
        lambda: bare.grant_pull(iam.AccountPrincipal(OTHER)),
        lambda: bare.grant_pull(iam.AccountPrincipal("333333333333")),
    ]
    for index in order:
        calls[index]()
    app.synth()
    return outdir


def test_synths_in_another_order_of_calls_are_no_change(tmp_path: Path) -> None:
    orders = list(itertools.permutations(range(5)))[::29]
    first, *others = [
        build(order, tmp_path / f"cdk.out.{number}") for number, order in enumerate(orders)
    ]
    for other in others:
        found = review(other, against=first, now=NOW).change
        assert found is not None
        assert {kind for kind, _ in told(found)} <= {"harmless"}
