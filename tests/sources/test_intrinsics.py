from __future__ import annotations

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.templates import resolved, shown, stack_of

from ecr_constructs.model.unresolved import Unknown, Unresolved
from ecr_constructs.sources.reading import MAX_DEPTH

PARAMETERS = {
    "Stage": {"Type": "String", "Default": "dev"},
    "Team": {"Type": "String"},
    "Zones": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
}
MAPPINGS = {"Quota": {"dev": {"images": 5, "tags": ["x", "y"]}}}
CONDITIONS = {
    "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
    "IsTeamA": {"Fn::Equals": [{"Ref": "Team"}, "a"]},
}
SECTIONS = {"Parameters": PARAMETERS, "Mappings": MAPPINGS, "Conditions": CONDITIONS}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "AWS::AccountId"}, "111122223333"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Ref": "AWS::StackName"}, "Main"),
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "Zones"}, ["a", "b", "c"]),
        ({"Fn::Sub": "api-${Stage}"}, "api-dev"),
        ({"Fn::Sub": "${!Stage} ${!aws:username}"}, "${Stage} ${aws:username}"),
        (
            {"Fn::Sub": ["${a}-${Stage}-${n}", {"a": {"Ref": "AWS::Region"}, "n": 7}]},
            "eu-west-1-dev-7",
        ),
        ({"Fn::Join": ["/", ["a", {"Ref": "Stage"}, 1, True]]}, "a/dev/1/true"),
        ({"Fn::Join": ["", []]}, ""),
        ({"Fn::Join": ["-", {"Ref": "Zones"}]}, "a-b-c"),
        ({"Fn::Join": [",", ["a", {"Ref": "AWS::NoValue"}, "b"]]}, "a,b"),
        ({"Fn::Split": ["-", "a-b-c"]}, ["a", "b", "c"]),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["2", {"Ref": "Zones"}]}, "c"),
        ({"Fn::Select": [1, {"Fn::Split": ["/", "a/b"]}]}, "b"),
        ({"Fn::If": ["IsDev", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsDev", {"Fn::Sub": "${Stage}!"}, {"Ref": "Nowhere"}]}, "dev!"),
        ({"Fn::FindInMap": ["Quota", {"Ref": "Stage"}, "images"]}, 5),
        ({"Fn::FindInMap": ["Quota", "dev", "tags"]}, ["x", "y"]),
        ({"Fn::FindInMap": ["Quota", "prod", "images", {"DefaultValue": 9}]}, 9),
        ({"Fn::Length": {"Ref": "Zones"}}, 3),
        ({"Fn::ToJsonString": {"a": [1, {"Ref": "Stage"}]}}, '{"a":[1,"dev"]}'),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        (["a", {"Ref": "AWS::NoValue"}], ["a"]),
        (["a", {"Fn::If": ["IsDev", {"Ref": "AWS::NoValue"}, "b"]}], ["a"]),
        ({"Fn::Select": [0, [{"Fn::Sub": "${Stage}"}]]}, "dev"),
        (None, None),
        (1.5, 1.5),
    ],
)
def test_resolves(value: Any, expected: object) -> None:
    stack = stack_of(**SECTIONS)
    assert stack.resolve(value) == expected
    assert stack.reading.take(value) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Team"}, "${Main.Team}"),
        ({"Fn::Sub": "api-${Team}-x"}, "api-${Main.Team}-x"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Team"}, "b"]]}, "a-${Main.Team}-b"),
        ({"Fn::Select": [0, {"Fn::Split": ["-", {"Fn::Sub": "a-${Team}"}]}]}, "a"),
        ({"Fn::Base64": "x"}, '${Main.Fn::Base64("x")}'),
        ({"Fn::GetAZs": ""}, '${Main.Fn::GetAZs("")}'),
        ({"Fn::ImportValue": "elsewhere"}, '${Main.Fn::ImportValue("elsewhere")}'),
        ({"Fn::If": ["IsTeamA", "a", "b"]}, '${Main.Fn::If(["IsTeamA","a","b"])}'),
        ({"Fn::If": ["IsTeamA", "same", "same"]}, "same"),
        ({"Fn::FindInMap": ["Quota", {"Ref": "Team"}, "images"]}, None),
        ({"Fn::Length": {"Fn::GetAZs": ""}}, None),
        ({"Fn::Join": [",", {"Fn::GetAZs": ""}]}, None),
        ({"Fn::Select": [{"Ref": "Team"}, ["a"]]}, None),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, None),
        ({"Fn::ToJsonString": {"\ue000": 1}}, None),
        ({"Fn::ToJsonString": {"a": {"Ref": "Team"}}}, '{"a":"${Main.Team}"}'),
        ("{{resolve:ssm:/team}}", "${Main.resolve:ssm:/team}"),
        ({"Fn::Sub": "x{{resolve:ssm:/team}}y"}, "x${Main.resolve:ssm:/team}y"),
        ({"Fn::Sub": "{{resolve:ssm:/${Team}}}"}, "${Main.{{resolve:ssm:/${Main.Team}}}}"),
    ],
)
def test_keeps_what_cannot_be_known_with_the_known_text_around_it(
    value: Any, expected: str | None
) -> None:
    stack = stack_of(**SECTIONS)
    result = stack.resolve(value)
    if expected is None:
        assert isinstance(result, Unresolved)
    else:
        assert str(result) == expected
    assert stack.reading.take(value) == []


def test_an_unknown_environment_leaves_the_known_text() -> None:
    arn = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::111122223333:root"]]}
    assert resolved(arn, account=None, region=None) == Unresolved(
        ("arn:", Unknown("AWS::Partition"), ":iam::111122223333:root")
    )


@pytest.mark.parametrize(
    ("index", "expected"),
    [(0, "arn"), (1, "${AWS::Partition}"), (4, "${AWS::AccountId}"), (5, None), (6, None)],
)
def test_fields_of_an_arn_are_certain_up_to_a_part_that_may_hold_the_separator(
    index: int, expected: str | None
) -> None:
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam:${AWS::Region}:${AWS::AccountId}:${Team}:x"}
    value = {"Fn::Select": [index, {"Fn::Split": [":", arn]}]}
    result = resolved(value, account=None, region=None, **SECTIONS)
    assert isinstance(result, str | Unresolved)
    assert expected is None or str(result) == expected
    assert expected is not None or str(result).startswith("${Main.Fn::Select(")


def test_a_split_with_an_uncertain_number_of_fields_is_unknown_as_a_whole() -> None:
    value = {"Fn::Split": [",", {"Fn::Sub": "a,${Team}"}]}
    assert isinstance(resolved(value, **SECTIONS), Unresolved)


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ({"a": {"Ref": 5}}, "a.Ref", "Ref must be a name, got 5"),
        ({"a": [{"Fn::Join": "x"}]}, "a[0].Fn::Join", r"Fn::Join must be \[a separator"),
        ({"a": {"Fn::Join": ["", [["x"]]]}}, "a.Fn::Join", "Fn::Join must be made of texts"),
        ({"a": {"Fn::Join": [1, ["x"]]}}, "a.Fn::Join", "Fn::Join must be"),
        ({"a": {"Fn::Sub": {}}}, "a.Fn::Sub", "Fn::Sub must be a text"),
        ({"a": {"Fn::Sub": "${Zones}"}}, "a.Fn::Sub", "Fn::Sub must be made of texts"),
        ({"a": {"Fn::GetAtt": 5}}, "a.Fn::GetAtt", "Fn::GetAtt must be"),
        ({"a": {"Fn::GetAtt": ["A", ["x"]]}}, "a.Fn::GetAtt", "Fn::GetAtt must be"),
        ({"a": {"Fn::Split": [",", ["x"]]}}, "a.Fn::Split", "Fn::Split must be"),
        ({"a": {"Fn::Select": 5}}, "a.Fn::Select", "Fn::Select must be"),
        ({"a": {"Fn::Split": ["", "x"]}}, "a.Fn::Split", "Fn::Split must be"),
        ({"a": {"Fn::Select": [9, ["x"]]}}, "a.Fn::Select", "an index below 1"),
        ({"a": {"Fn::Select": ["-1", ["x"]]}}, "a.Fn::Select", "Fn::Select must be"),
        ({"a": {"Fn::Select": ["9" * 5000, ["x"]]}}, "a.Fn::Select", "an index below 1"),
        ({"a": {"Fn::Select": [0, "x"]}}, "a.Fn::Select", "Fn::Select must be"),
        ({"a": {"Fn::If": ["IsDev", 1]}}, "a.Fn::If", "Fn::If must be"),
        ({"a": {"Fn::If": ["Nowhere", 1, 2]}}, "a.Fn::If", "got 'Nowhere'"),
        ({"a": {"Fn::FindInMap": ["Quota", "prod", "x"]}}, "a.Fn::FindInMap", "keys of a map"),
        ({"a": {"Fn::FindInMap": "Quota"}}, "a.Fn::FindInMap", "Fn::FindInMap must be"),
        ({"a": {"Fn::GetStackOutput": "x"}}, "a.Fn::GetStackOutput", "StackName, OutputName"),
        ({"a": {"Ref": "Nowhere"}}, "a.Ref", "got 'Nowhere'; correct the name"),
        ({"a": {"Fn::GetAtt": ["Nowhere", "Arn"]}}, "a.Fn::GetAtt", "got 'Nowhere'"),
        ({"a": {"Fn::Sub": "${Nowhere.Arn}"}}, "a.Fn::Sub", "got 'Nowhere'"),
    ],
)
def test_notes_what_cloudformation_would_refuse(value: Any, path: str, message: str) -> None:
    stack = stack_of(**SECTIONS)
    stack.resolve(value)
    (problem,) = stack.reading.take(value)
    assert problem.path == path
    assert re.search(message, problem.sentence)
    assert (problem.severity, problem.status) == ("error", "fail")


def test_what_would_be_refused_is_not_known() -> None:
    assert shown({"Fn::Join": "x"}) == '${Main.Fn::Join("x")}'
    assert shown({"Ref": "Nowhere"}) == "${Main.Nowhere}"


@pytest.mark.parametrize(
    "sections",
    [
        {"Transform": "AWS::Serverless-2016-10-31"},
        {"Resources": {"Fn::Transform": {"Name": "AWS::Include"}}},
        {"Conditions": {"Fn::Transform": {"Name": "AWS::Include"}}},
    ],
)
def test_a_transformed_template_may_refer_to_what_the_transform_adds(
    sections: dict[str, Any],
) -> None:
    stack = stack_of(**sections)
    value = {"Fn::If": ["Added", {"Ref": "ApiRole"}, {"Fn::GetAtt": ["ApiRole", "Arn"]}]}
    assert isinstance(stack.resolve(value), Unresolved)
    assert stack.resolve({"Ref": "ApiRole"}) == Unresolved.of("Main.ApiRole")
    assert stack.reading.take(value) == []


@pytest.mark.parametrize("member", ["RepositoryName", "Statement"])
@pytest.mark.parametrize("name", ["Fn::Transform", "Fn::ForEach::Each", "Fn::Cidr", "Fn::New"])
def test_an_object_that_a_function_adds_to_is_unknown_as_a_whole(name: str, member: str) -> None:
    assert isinstance(resolved({member: "api", name: {"Name": "AWS::Include"}}), Unresolved)


def test_unknown_values_are_equal_only_where_they_are_the_same() -> None:
    def pick(*branches: str) -> Any:
        return resolved({"Fn::If": ["IsTeamA", *branches]}, **SECTIONS)

    assert pick("a", "b") == pick("a", "b")
    assert pick("a", "b") != pick("a", "c")
    long = "x" * 200
    assert pick("a", f"{long}1") == pick("a", f"{long}1")
    assert pick("a", f"{long}1") != pick("a", f"{long}2")


def _deep(depth: int, bottom: Any) -> Any:
    value = bottom
    for level in range(depth):
        value = {"in": value} if level % 2 else [value]
    return value


def test_an_unknown_value_too_deep_to_be_written_out_has_a_name_of_its_own() -> None:
    a, same, b = (resolved({"Fn::Base64": _deep(3000, bottom)}) for bottom in ("a", "a", "b"))
    assert a == same
    assert a != b


def test_a_policy_too_deep_to_be_shared_is_resolved_as_far_as_it_goes() -> None:
    stack = stack_of()
    value = {"Statement": _deep(3000, "x"), "Sid": {"Ref": "AWS::Region"}}
    assert stack.resolve(value)["Sid"] == "eu-west-1"
    assert [problem.id for problem in stack.reading.take({})] == ["too-deep"]


def test_values_that_nest_too_deep_are_noted_once_and_not_known() -> None:
    value: Any = "bottom"
    for _ in range(MAX_DEPTH + 1):
        value = [value]
    stack = stack_of()
    result = stack.resolve({"Deep": value, "Flat": ["x"]})
    assert result["Flat"] == ["x"]
    (problem,) = stack.reading.take({"Deep": value})
    assert problem.id == "too-deep"
    assert problem.path.startswith("Deep[0][0]")


def test_values_as_deep_as_allowed_are_resolved() -> None:
    value: Any = {"Ref": "AWS::Region"}
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    stack = stack_of()
    result = stack.resolve(value)
    while isinstance(result, list):
        (result,) = result
    assert result == "eu-west-1"
    assert stack.reading.take(value) == []


def test_text_that_doubles_again_and_again_ends_unknown() -> None:
    parameters = {"P": {"Type": "String", "Default": "x" * 1000}}
    resources = {"R0": _role({"Ref": "P"})}
    for n in range(1, 60):
        resources[f"R{n}"] = _role({"Fn::Sub": f"${{R{n - 1}}}${{R{n - 1}}}"})
    stack = stack_of(Parameters=parameters, Resources=resources)
    result = stack.resolve({"Ref": "R59"})
    assert isinstance(result, Unresolved)
    assert "at most 1,000,000 characters" in stack.reading.take({})[0].message


def _role(name: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name}}


WORDS = st.text(string.ascii_letters + string.digits + "-/:", max_size=12)


@given(WORDS, st.sampled_from("-/:"))
def test_join_undoes_split(text: str, separator: str) -> None:
    value = {"Fn::Join": [separator, {"Fn::Split": [separator, text]}]}
    assert resolved(value) == text


@given(st.lists(WORDS | st.just(None), max_size=6))
def test_sub_and_join_give_the_same_text(words: list[str | None]) -> None:
    """None stands for a value that is not known."""
    join = {"Fn::Join": ["", [{"Ref": "Team"} if word is None else word for word in words]]}
    sub = {"Fn::Sub": "".join("${Team}" if word is None else word for word in words)}
    assert resolved(join, **SECTIONS) == resolved(sub, **SECTIONS)


@given(st.lists(WORDS, min_size=1, max_size=5), st.lists(WORDS, min_size=1, max_size=5), st.data())
def test_a_certain_field_stays_what_it_is_when_the_rest_is_known(
    before: list[str], after: list[str], data: st.DataObject
) -> None:
    """What is told of a field holds for every value that the unknown part can have."""
    value = data.draw(WORDS)
    text = {"Fn::Sub": f"{'/'.join(before)}${{Team}}{'/'.join(after)}"}
    for index in range(len(before) + 1):
        picked = {"Fn::Select": [index, {"Fn::Split": ["/", text]}]}
        early = resolved(picked, **SECTIONS)
        late = resolved(picked, given={"Team": value}, **SECTIONS)
        if isinstance(early, str):
            assert early == late


def test_equal_policies_are_one_object() -> None:
    def policy(account: Any) -> dict[str, Any]:
        return {"Statement": [{"Principal": {"AWS": account}}]}

    stack = stack_of(**SECTIONS)
    first, second, other = (
        stack.resolve(policy({"Ref": name})) for name in ("Stage", "Stage", "AWS::Region")
    )
    assert first is second
    assert first == policy("dev")
    assert other == policy("eu-west-1")


def test_each_resource_has_its_own_notes_of_a_policy_that_others_have_too() -> None:
    stack = stack_of()
    for _ in range(2):
        value = {"P": {"Statement": {"Ref": "Nowhere"}}}
        stack.resolve(value)
        assert [problem.path for problem in stack.reading.take(value)] == ["P.Statement.Ref"]


def test_policies_in_loops_are_each_loops_own() -> None:
    stack = stack_of()
    value = {"Statement": {"Ref": "Team"}}
    assert stack.resolve(value, frozenset({"Team"})) == {"Statement": Unresolved.of("Main.Team")}
    stack.resolve(value)
    assert len(stack.reading.take(value)) == 1


def test_what_stands_outside_of_a_loop_knows_nothing_of_its_variable() -> None:
    braces = {"Fn::Join": ["", ["$", "{Team}"]]}
    stack = stack_of(
        Resources={"R": _role("${Team}")},
        Conditions={"Same": {"Fn::Equals": ["${Team}", braces]}},
    )
    loop = frozenset({"Team"})
    assert stack.resolve({"Fn::If": ["Same", "yes", "no"]}, loop) == "yes"
    assert stack.resolve({"Fn::Sub": "${Team}-${R}"}, loop) == Unresolved(
        (Unknown("Main.Team"), "-${Team}")
    )
