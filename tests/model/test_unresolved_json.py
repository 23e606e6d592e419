from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.model.unresolved import Unknown, Unresolved, join
from ecr_constructs.model.unresolved_json import dump_json, parse_json

X, Y = Unknown("X"), Unknown("Y")


def test_parts_within_strings_make_those_strings_unresolved() -> None:
    text = Unresolved(('{"a": "', X, '", "b": ["arn:', Y, ":", X, '"], "c": "known", "d": 1}'))
    assert parse_json(text) == {
        "a": Unresolved((X,)),
        "b": [Unresolved(("arn:", Y, ":", X))],
        "c": "known",
        "d": 1,
    }


@pytest.mark.parametrize(
    "parts",
    [
        ('{"a": ', X, "}"),
        ('{"a": 1', X, "}"),
        ('{"', X, '": 1}'),
        ('{"a": "\\', X, '"}'),
        (X,),
        ('{"a": "\ue000', X, '"}'),
        ('{"a": "\\uE0000\\ue000', X, '"}'),
    ],
)
def test_refuses_text_of_which_the_structure_is_not_known(parts: tuple[str | Unknown, ...]) -> None:
    with pytest.raises(
        ValueError, match=r"Expecting|Extra data|Invalid|private use|member is not known|delimiter"
    ):
        parse_json(Unresolved(parts))


def test_writes_an_unresolved_string_in_quotes_with_its_known_text_escaped() -> None:
    value = {"a": Unresolved(('say "', X, '"')), "b": [None, True]}
    assert str(dump_json(value)) == '{"a":"say \\"${X}\\"","b":[null,true]}'


@pytest.mark.parametrize("value", [object(), {"a": {1, 2}}, "\ue0000\ue000", ["\ue000"]])
def test_gives_nothing_for_what_is_no_json_or_holds_the_mark(value: object) -> None:
    assert dump_json(value) is None


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.text(max_size=3) | st.sampled_from([X, Y]), max_size=4).map(join)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_reads_back_what_it_writes(value: Any) -> None:
    text = dump_json(value)
    if text is None:
        assert "\ue000" in json.dumps(value, ensure_ascii=False, default=str)
    elif "\\ue000" not in str(text).lower():
        assert parse_json(text) == value
