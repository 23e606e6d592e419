from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.sources.environment import Environment
from ecr_constructs.sources.links import Links
from ecr_constructs.sources.reading import Reading
from ecr_constructs.sources.stack import Place, Stack

IRELAND, VIRGINIA, OTHER = (
    Environment("111111111111", "eu-west-1"),
    Environment("111111111111", "us-east-1"),
    Environment("222222222222", "eu-west-1"),
)
NOWHERE = Environment.of(None, None)
ROLE = "arn:aws:iam::111111111111:role/Reader"


class _World:
    """Stacks that may take values from one another."""

    def __init__(self) -> None:
        self._reading, self._links = Reading(), Links()

    def stack(
        self, name: str, environment: Environment = IRELAND, folder: str = "", **sections: Any
    ) -> Stack:
        stack = Stack(
            Place(name=name, label=f"{folder}{name}", template=f"{folder}{name}.template.json"),
            sections,
            environment,
            given={},
            reading=self._reading,
            links=self._links,
        )
        self._links.stacks.append(stack)
        return stack


@pytest.fixture(name="world")
def _world() -> _World:
    return _World()


def _output(value: Any, export: Any = None, **members: Any) -> Mapping[str, Any]:
    output = {"Value": value, **members}
    return {"Name": output if export is None else {**output, "Export": {"Name": export}}}


def _import(name: Any) -> dict[str, Any]:
    return {"Fn::ImportValue": name}


def _get(**members: Any) -> dict[str, Any]:
    return {"Fn::GetStackOutput": {"StackName": "Owner", "OutputName": "Name", **members}}


def test_import_takes_the_export_of_the_same_environment(world: _World) -> None:
    for environment in (IRELAND, VIRGINIA, OTHER):
        value = {"Fn::Sub": "${AWS::AccountId}-${AWS::Region}"}
        world.stack("Owner", environment, Outputs=_output(value, "Owner:Name"))
    user = world.stack("User", VIRGINIA)
    assert user.resolve(_import("Owner:Name")) == "111111111111-us-east-1"


def test_import_takes_nothing_from_another_environment(world: _World) -> None:
    world.stack("Owner", VIRGINIA, Outputs=_output("x", "Owner:Name"))
    result = world.stack("User", IRELAND).resolve(_import("Owner:Name"))
    assert str(result) == '${User.Fn::ImportValue("Owner:Name")}'


def test_import_names_may_be_put_together(world: _World) -> None:
    export = {"Fn::Sub": "${AWS::StackName}-Name"}
    world.stack("Owner", Outputs=_output("x", export))
    user = world.stack("User", Parameters={"From": {"Type": "String", "Default": "Owner"}})
    assert user.resolve(_import({"Fn::Sub": "${From}-Name"})) == "x"


def test_import_an_unknown_value_is_the_same_on_both_sides(world: _World) -> None:
    resources = {"R": {"Type": "AWS::ECR::Repository"}}
    owner = world.stack("Owner", Outputs=_output({"Ref": "R"}, "N"), Resources=resources)
    assert world.stack("User").resolve(_import("N")) == owner.resolve({"Ref": "R"})


def test_import_stages_without_environment_take_from_their_own_folder(world: _World) -> None:
    for folder in ("dev/", "prod/"):
        world.stack("Owner", NOWHERE, folder, Outputs=_output(folder, "N"))
    assert world.stack("User", NOWHERE, "prod/").resolve(_import("N")) == "prod/"


def test_import_is_unknown_where_two_could_be_meant(world: _World) -> None:
    for name in ("One", "Two"):
        world.stack(name, Outputs=_output(name, "N"))
    assert isinstance(world.stack("User").resolve(_import("N")), Unresolved)


def test_import_takes_from_a_stack_that_may_be_in_the_same_environment(world: _World) -> None:
    world.stack("Owner", NOWHERE, Outputs=_output("x", "N"))
    assert world.stack("User").resolve(_import("N")) == "x"


def test_import_an_output_that_a_condition_excludes_is_not_there(world: _World) -> None:
    outputs = _output("x", "N", Condition="No")
    world.stack("Owner", Outputs=outputs, Conditions={"No": {"Fn::Equals": [1, 2]}})
    assert str(world.stack("User").resolve(_import("N"))) == "${Owner.Outputs.Name}"


def test_import_a_circle_of_imports_ends_unknown(world: _World) -> None:
    one = world.stack("One", Outputs=_output(_import("Two"), "One"))
    world.stack("Two", Outputs=_output(_import("One"), "Two"))
    assert str(one.resolve(_import("Two"))) == "${Two.Outputs.Name}"


def test_import_passes_over_exports_whose_names_are_imported(world: _World) -> None:
    """Looking up one of them looks up all of them, which must end."""
    for name in ("One", "Two", "Three"):
        world.stack(name, Outputs=_output("x", _import("N")))
    user = world.stack("User")
    assert isinstance(user.resolve(_import("N")), Unresolved)
    assert user.reading.take({}) == []


def test_import_prefers_the_stack_that_is_certainly_in_its_environment(world: _World) -> None:
    for environment in (NOWHERE, IRELAND):
        world.stack("Owner", environment, Outputs=_output({"Ref": "AWS::Region"}, "N"))
    assert world.stack("User", IRELAND).resolve(_import("N")) == "eu-west-1"


@pytest.mark.parametrize("outputs", [{"Name": "x"}, {"Name": {"Export": "N"}}, {"Name": None}])
def test_import_passes_over_outputs_that_are_none(world: _World, outputs: Any) -> None:
    world.stack("Owner", Outputs=outputs)
    assert isinstance(world.stack("User").resolve(_import("N")), Unresolved)


@pytest.mark.parametrize("value", [["x"], {"a": 1}, None])
def test_import_of_what_is_no_text_is_unknown(world: _World, value: Any) -> None:
    world.stack("Owner", Outputs=_output(value, "N"))
    assert str(world.stack("User").resolve(_import("N"))) == "${Owner.Outputs.Name}"


def test_get_stack_output_takes_an_output_by_stack_and_name(world: _World) -> None:
    world.stack("Owner", Outputs=_output("x"))
    assert world.stack("User").resolve(_get()) == "x"


def test_get_stack_output_region_and_account_say_which_stack(world: _World) -> None:
    for environment in (IRELAND, VIRGINIA, OTHER):
        world.stack("Owner", environment, Outputs=_output({"Ref": "AWS::StackId"}))
    user = world.stack("User", OTHER)
    ireland = user.resolve(_get(Region="eu-west-1", RoleArn=ROLE))
    virginia = user.resolve(_get(Region="us-east-1", RoleArn=ROLE))
    assert ":eu-west-1:111111111111:" in str(ireland)
    assert ":us-east-1:111111111111:" in str(virginia)
    assert ":eu-west-1:222222222222:" in str(user.resolve(_get()))


def test_get_stack_output_the_account_of_a_role_is_known_though_its_partition_is_not(
    world: _World,
) -> None:
    for environment in (IRELAND, OTHER):
        world.stack("Owner", environment, Outputs=_output({"Ref": "AWS::AccountId"}))
    role = {"Fn::Sub": "arn:${AWS::Partition}:iam::111111111111:role/Reader"}
    user = world.stack("User", NOWHERE)
    assert user.resolve(_get(Region="eu-west-1", RoleArn=role)) == "111111111111"


@pytest.mark.parametrize(
    "members",
    [
        {"StackName": "Gone"},
        {"OutputName": "Gone"},
        {"StackName": {"Ref": "Open"}},
        {"Region": "us-east-1"},
        {"Region": ["odd"]},
        {"RoleArn": "arn:aws:iam::222222222222:role/Reader"},
    ],
)
def test_get_stack_output_is_unknown_where_no_stack_has_it(world: _World, members: Any) -> None:
    world.stack("Owner", Outputs=_output("x"))
    user = world.stack("User", Parameters={"Open": {"Type": "String"}})
    assert isinstance(user.resolve(_get(**members)), Unresolved)


# How CDK carries a value to another Region without its flag for weak references.

EXPORT = "/cdk/exports/User/MaineuwestRefRepo"


def _writer(region: str = "us-east-1") -> dict[str, Any]:
    return {
        "Type": "Custom::CrossRegionExportWriter",
        "Properties": {
            "WriterProps": {"region": region, "exports": {EXPORT: {"Ref": "AWS::Region"}}}
        },
    }


def _read(world: _World, environment: Environment = VIRGINIA) -> Any:
    reader = {"Type": "Custom::CrossRegionExportReader", "Properties": {}}
    user = world.stack("User", environment, Resources={"Reader": reader})
    return user.resolve({"Fn::GetAtt": ["Reader", EXPORT]})


def test_reader_takes_the_value_that_is_written_for_its_region(world: _World) -> None:
    world.stack("Owner", Resources={"Writer": _writer()})
    assert _read(world) == "eu-west-1"


@pytest.mark.parametrize("environment", [IRELAND, Environment("222222222222", "us-east-1")])
def test_reader_is_unknown_elsewhere(world: _World, environment: Environment) -> None:
    world.stack("Owner", Resources={"Writer": _writer()})
    assert str(_read(world, environment)) == f"${{User.Reader.{EXPORT}}}"


def test_reader_takes_several_values(world: _World) -> None:
    world.stack("Owner", Resources={"Writer": _writer()})
    reader = {"Type": "Custom::CrossRegionExportReader"}
    user = world.stack("User", VIRGINIA, Resources={"Reader": reader})
    for name, expected in ((EXPORT, "eu-west-1"), ("Gone", "${User.Reader.Gone}")):
        assert str(user.resolve({"Fn::GetAtt": ["Reader", name]})) == expected


def test_reader_passes_over_a_writer_that_is_none(world: _World) -> None:
    world.stack("Owner", Resources={"Writer": {"Type": "Custom::CrossRegionExportWriter"}})
    assert isinstance(_read(world), Unresolved)
