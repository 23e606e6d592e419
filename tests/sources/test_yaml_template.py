from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.errors import SourceError
from ecr_constructs.sources.yaml_template import parse_yaml

PATH = Path("template.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Ref Name", {"Ref": "Name"}),
        ("!Condition IsProd", {"Condition": "IsProd"}),
        ("!GetAtt Repo.Arn", {"Fn::GetAtt": ["Repo", "Arn"]}),
        ("!GetAtt Nested.Outputs.Arn", {"Fn::GetAtt": ["Nested", "Outputs.Arn"]}),
        ("!GetAtt [Repo, Arn]", {"Fn::GetAtt": ["Repo", "Arn"]}),
        ("!Sub 'a-${B}'", {"Fn::Sub": "a-${B}"}),
        ("!Sub [x, {a: !Ref B}]", {"Fn::Sub": ["x", {"a": {"Ref": "B"}}]}),
        ("!Join ['', [a, !Ref B]]", {"Fn::Join": ["", ["a", {"Ref": "B"}]]}),
        ("!Select [0, !Split [',', a]]", {"Fn::Select": [0, {"Fn::Split": [",", "a"]}]}),
        (
            "!If [C, !Ref A, !Ref AWS::NoValue]",
            {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
        ),
        ("!Equals [!Ref A, b]", {"Fn::Equals": [{"Ref": "A"}, "b"]}),
        ("!GetAZs ''", {"Fn::GetAZs": ""}),
        ("!Ref 123", {"Ref": "123"}),
        ("!Transform {Name: X}", {"Fn::Transform": {"Name": "X"}}),
        ("Fn::Sub: x", {"Fn::Sub": "x"}),
        ("2012-10-17", "2012-10-17"),
        ("012345670123", "012345670123"),
        ("111122223333", 111122223333),
        ("'111122223333'", "111122223333"),
        ("12:30", "12:30"),
        ("0x1F", "0x1F"),
        ("1.50", 1.5),
        ("-3", -3),
        ("[yes, No, TRUE, off, 'yes', y]", [True, False, True, False, "yes", "y"]),
        ("[~, null, '']", [None, None, ""]),
        ("a:", {"a": None}),
        ("111122223333: {x: 1}", {"111122223333": {"x": 1}}),
        ("!!str 5", "5"),
        ('|\n  {"a": 1}\n', '{"a": 1}\n'),
        ("{a: &x [1], b: *x}", {"a": [1], "b": [1]}),
        ("{a: &x {p: 1, q: 2}, b: {<<: *x, q: 3}}", {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}),
        ("{<<: [{p: 1}, {p: 2, q: 2}]}", {"p": 1, "q": 2}),
        ("{'<<': 1}", {"<<": 1}),
        ("", None),
        ("# nothing", None),
    ],
)
def test_reads_what_the_text_stands_for(text: str, expected: object) -> None:
    result = parse_yaml(text, PATH)
    assert result == expected
    assert json.dumps(result) == json.dumps(expected)  # 1 and True are equal in Python


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x: 1\na: [1\n", r"got .*expected.* in line 3; correct that line \[template.yaml\]"),
        ("a: 1\nb: 'x", "in line 2"),
        ("a\n---\nb", "got a second document in line 2"),
        ("{[a]: 1}", "got a key that is no plain text in line 1"),
        ("a: &x [*x]", "got an alias to 'x', which is not anchored before in line 1"),
        ("b: *x", "alias"),
        ("{<<: 5}", "got a merge of something that is no mapping"),
        ("\x00", "got"),
        ("[" * 300 + "]" * 300, "got values that nest more than 200 deep"),
        ("[" * 100_000 + "]" * 100_000, "got values that nest more than 200 deep"),
    ],
)
def test_refuses_what_stands_for_no_json(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        parse_yaml(text, PATH)


def test_refuses_aliases_that_unfold_to_more_than_any_template_holds() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(SourceError, match="aliases that unfold to more than 1,000,000 values"):
        parse_yaml("\n".join(lines), PATH)


def test_refuses_yaml_without_pyyaml_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(SourceError, match=r"install ecr-constructs\[cli\], or give"):
        parse_yaml("a: 1", PATH)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON)
def test_reads_back_what_pyyaml_writes(document: object) -> None:
    text = yaml.safe_dump(document, allow_unicode=True, default_style='"', default_flow_style=True)
    assert parse_yaml(text, PATH) == _as_text(document)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    try:
        parse_yaml(text, PATH)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right


def _as_text(value: object) -> object:
    """What is quoted is text."""
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    if isinstance(value, dict):
        return {key: _as_text(each) for key, each in value.items()}
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)
