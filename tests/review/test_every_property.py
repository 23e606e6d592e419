"""No property of any type, no attribute and no resource differs without being told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as File
from typing import Any, Final, TypeAlias

import pytest
from tests.review import every_property as table
from tests.review.every_property import FULL, HARMLESS, Path
from tests.review.templates import ACCOUNT, NOW, REGION, write

from ecr_constructs.review.change.compare import compare
from ecr_constructs.review.change.difference import Difference
from ecr_constructs.sources.assembly import read_assembly

Told: TypeAlias = Callable[[dict[str, Any], dict[str, Any]], tuple[Difference, ...]]

PATHS: Final = [(kind, path) for kind, full in FULL.items() for path in table.paths(full)]
#: Conditions that nobody can tell before deployment.
CONDITIONS: Final = {
    "Parameters": {"Stage": {"Type": "String"}},
    "Conditions": {"Open": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
}
#: Of what an exemption may be.
EXEMPTED: Final = {
    "Repository",
    "RegistryPolicy",
    "RegistryScanningConfiguration",
    "ReplicationConfiguration",
    "SigningConfiguration",
    "RepositoryCreationTemplate",
    "PublicRepository",
}


def resource(kind: str, properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    given = FULL[kind] if properties is None else properties
    return {"It": {"Type": f"AWS::ECR::{kind}", "Properties": given} | more}


@pytest.fixture(name="told")
def _told(tmp_path: File) -> Told:
    """Return what is told of two lots of resources, in an app that has nothing else."""

    def told(before: dict[str, Any], after: dict[str, Any]) -> tuple[Difference, ...]:
        older, newer = (
            read_assembly(
                write(tmp_path / name / "Main.template.json", resources, **CONDITIONS),
                account=ACCOUNT,
                region=REGION,
            )
            for name, resources in (("old", before), ("new", after))
        )
        return compare(older, newer, now=NOW).differences

    return told


@pytest.mark.parametrize("kind", FULL)
def test_the_table_has_every_property_of_the_schema(kind: str) -> None:
    """What CloudFormation learns must be added here, and told."""
    assert {table.name_of(path) for path in table.paths(FULL[kind])} == set(table.settable(kind))


@pytest.mark.parametrize(
    ("kind", "path"), PATHS, ids=[f"{kind}-{table.name_of(path)}" for kind, path in PATHS]
)
def test_no_property_differs_without_being_told(told: Told, kind: str, path: Path) -> None:
    """Another value, one that is known at deployment, one more and one less."""
    full, name = FULL[kind], table.name_of(path)
    schema = table.settable(kind)[name]
    if len(schema.get("enum", ())) == 1:
        return  # there is no other value
    others = []
    if not table.has_others(table.at(full, path), path):
        others = [
            table.having(full, path, table.other(full, path)),
            table.having(full, path, {"Fn::ImportValue": "Elsewhere"}),
        ]
    if isinstance(path[-1], int) or not schema["required_"]:
        others.append(table.without(full, path))
    for other in others:
        there, back = (
            told(resource(kind, one), resource(kind, two))
            for one, two in ((full, other), (other, full))
        )
        assert (bool(there), bool(back)) == ((kind, name) not in HARMLESS,) * 2, other
        assert not any(each.hides_doubt for each in (*there, *back) if each.certain)


@pytest.mark.parametrize("kind", FULL)
def test_no_resource_comes_goes_or_moves_without_being_told(told: Told, kind: str) -> None:
    for policy in ("Delete", "Retain"):
        one = resource(kind, DeletionPolicy=policy, UpdateReplacePolicy=policy)
        assert told({}, one)
        assert told(one, {})
        assert told(one, {"Elsewhere": one["It"]})
        assert told(one, one | {"Again": one["It"]})
        assert told(one, one) == ()


@pytest.mark.parametrize("kind", FULL)
def test_no_attribute_differs_without_being_told(told: Told, kind: str) -> None:
    kept, gone = (resource(kind, DeletionPolicy=each) for each in ("Retain", "Delete"))
    assert told(kept, gone)
    assert told(gone, kept)
    assert told(kept, resource(kind))
    if kind not in EXEMPTED:
        return
    exemption = {"control": "public-access", "reason": "open data"}
    exempt = resource(kind, Metadata={"EcrConstructs": {"exemptions": [exemption]}})
    assert told(resource(kind), exempt)
    assert told(exempt, resource(kind))


@pytest.mark.parametrize("kind", FULL)
def test_no_condition_comes_or_goes_without_being_told(told: Told, kind: str) -> None:
    """What it decides is known at deployment alone."""
    for policy in ("Delete", "Retain"):
        always = resource(kind, DeletionPolicy=policy)
        maybe = resource(kind, DeletionPolicy=policy, Condition="Open")
        (gone,), (new,) = told(always, maybe), told(maybe, always)
        assert not gone.certain
        assert gone.kind in {"lost", "weakened"}
        assert (str(new.kind), new.certain) == ("harmless", False)
        assert not any(each.hides_doubt for each in (gone, new))
        assert told(maybe, maybe) == ()


def test_repository_that_a_condition_may_leave_out_is_not_new_for_sure(told: Told) -> None:
    (new,) = told({}, resource("Repository", {"RepositoryName": "web"}, Condition="Open"))
    assert (new.sentence, new.certain) == ("web is new", False)
    assert new.cause == "the template declares it, if the condition Open holds"


@pytest.mark.parametrize("kind", FULL)
def test_resources_that_conditions_keep_apart_are_not_said_to_fail(told: Told, kind: str) -> None:
    one = resource(kind, Condition="Open")
    found = told(one, one | {"Again": one["It"]})
    (shared,) = (each for each in found if each.kind == "replaced")
    assert not shared.certain
    assert shared.sentence.endswith("whether conditions leave one of them alone cannot be told")
