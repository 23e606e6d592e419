from __future__ import annotations

from typing import Any

import pytest

from ecr_constructs.errors import PolicyDocumentError
from ecr_constructs.model.codec import Document, Fields
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.unresolved import Unknown, Unresolved

X = Unresolved.of("X")
STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}


def test_reads_members_by_the_type_they_should_have() -> None:
    fields = Fields(
        {"a": "x", "n": 5, "f": 1.5, "t": "True", "b": False, "o": {"in": "y"}, "l": [{}]}
    )
    assert [fields.text(name) for name in ("a", "n", "f", "none")] == ["x", "5", "1.5", None]
    assert [fields.boolean(name) for name in ("t", "b", "none")] == [True, False, False]
    assert fields.below("o").text("in") == "y"
    assert fields.below("none").text("in") is None
    assert len(fields.each("l")) == 1
    assert fields.each("none") == []
    assert fields.problems == []


@pytest.mark.parametrize(
    ("value", "read", "path", "message"),
    [
        ({"a": [1]}, lambda f: f.text("a"), "Properties.a", "must be a string, got [1]"),
        ({"a": True}, lambda f: f.text("a"), "Properties.a", "must be a string, got True"),
        (
            {"a": "yes"},
            lambda f: f.boolean("a"),
            "Properties.a",
            "must be true or false, got 'yes'",
        ),
        ({"a": 5}, lambda f: f.below("a").text("b"), "Properties.a", "must be an object, got 5"),
        ({"a": 5}, lambda f: f.each("a")[0].text("b"), "Properties.a", "must be a list, got 5"),
        ({"a": [5]}, lambda f: f.each("a")[0].text("b"), "Properties.a[0]", "must be an object"),
        ("x", lambda f: f.text("a"), "Properties", "must be an object, got 'x'"),
    ],
)
def test_notes_what_has_another_type_and_leaves_it_unknown(
    value: Any, read: Any, path: str, message: str
) -> None:
    fields = Fields(value)
    assert isinstance(read(fields), Unresolved)
    (problem,) = fields.problems
    assert problem.path == path
    assert message in problem.message


def test_what_is_unresolved_makes_all_in_it_unresolved() -> None:
    fields = Fields(X)
    assert fields.text("a") == X
    assert fields.boolean("a") == X
    assert fields.below("a").text("b") == X
    assert fields.each("a")[0].text("b") == X
    assert fields.document("a", Policy.from_document) == X
    assert fields.problems == []


def _document(value: Any) -> object:
    return Fields({"P": value}).document("P", Policy.from_document)


def test_reads_a_policy_as_object_or_text() -> None:
    text = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}}'
    policy = Policy.from_document({"Statement": [STATEMENT]})
    assert _document({"Statement": [STATEMENT]}) == _document(text) == policy
    assert _document(None) is None


def test_a_text_that_is_shared_is_parsed_once() -> None:
    parsed: list[object] = []

    def parse(document: object) -> tuple[object]:
        parsed.append(document)
        return (document,)

    first, second = (Fields({"P": '{"a": 1}'}).document("P", parse) for _ in range(2))
    assert first is second
    assert parsed == [{"a": 1}]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{", "a policy must be JSON, got '{'"),
        ("5", "a policy must be an object with 'Statement', got 5"),
        ({"Statement": [{**STATEMENT, "Effect": "Maybe"}]}, "got 'Maybe'"),
        ("[" * 100_000, "a policy must be JSON"),
    ],
)
def test_what_is_no_policy_is_malformed_with_what_is_wrong(value: Any, message: str) -> None:
    result = _document(value)
    assert isinstance(result, Malformed)
    assert message in result.problems[0].message
    assert result.problems[0].path == "Properties.P"


def test_a_text_with_unknown_parts_is_read_or_stays_as_it_is() -> None:
    start = '{"Statement": {"Effect": "Allow", "Action": "ecr:*", "Principal": {"AWS": "'
    policy = _document(Unresolved((start, Unknown("X"), '"}}}')))
    assert isinstance(policy, Policy)
    assert policy.statements[0].principals[0].value == X
    for text in (Unresolved((start, Unknown("X"))), Unresolved(('{"a": "', Unknown("X"), '"}'))):
        assert _document(text) == text


def test_an_object_that_is_wrong_for_unknown_parts_only_is_unresolved() -> None:
    result = _document({"Statement": [STATEMENT, {**STATEMENT, "Condition": {"Null": X}}]})
    assert isinstance(result, Unresolved)
    assert "${X}" in result.text


def test_an_object_that_is_wrong_beside_its_unknown_parts_is_malformed() -> None:
    wrong = {"Effect": "Maybe", "Principal": {"AWS": X}, "Action": "ecr:*"}
    assert isinstance(_document({"Statement": [wrong]}), Malformed)


def test_a_parser_may_refuse_with_several_sentences() -> None:
    def parse(_: object) -> None:
        raise PolicyDocumentError("a; b", "c; d")

    result = Fields({"P": {}}).document("P", parse)
    assert isinstance(result, Malformed)
    assert [(problem.message, problem.fix) for problem in result.problems] == [
        ("a", "b"),
        ("c", "d"),
    ]


def test_a_document_is_parsed_once_by_each_parser() -> None:
    parsed: list[str] = []

    def one(_: object) -> str:
        parsed.append("one")
        return "1"

    def two(_: object) -> str:
        parsed.append("two")
        return "2"

    document = Document({"Statement": []})
    results = [Fields({"P": document}).document("P", parse) for parse in (one, one, two)]
    assert results == ["1", "1", "2"]
    assert parsed == ["one", "two"]


def test_a_document_that_is_refused_is_refused_each_time() -> None:
    document = Document({"Statement": [{**STATEMENT, "Effect": "Maybe"}]})
    for _ in range(2):
        assert isinstance(_document(document), Malformed)


@pytest.mark.parametrize(
    ("properties", "written"),
    [
        ({"Key": {}}, True),
        ({"Key": "x"}, True),
        ({"Key": None}, False),
        ({}, False),
        (None, False),
        ({"Key": Unresolved.of("Fn::If")}, None),
        (Unresolved.of("Fn::Transform"), None),
    ],
)
def test_tells_whether_a_member_is_written_out(properties: object, *, written: object) -> None:
    fields = Fields(properties)
    assert fields.is_written("Key") is written
    assert not fields.problems
