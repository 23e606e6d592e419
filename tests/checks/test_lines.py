from __future__ import annotations

import json

import pytest

from ecr_constructs.checks.lines import lines_of

YAML = """\
Parameters:
  Api:
    Type: String
Metadata:
  Resources:
    Api: [text]
Resources:
  # Api: a comment is no resource
  Web:
    Type: AWS::ECR::Repository
    Metadata:
      Api: what a resource holds is none
  "Api":
    Type: AWS::ECR::Repository
Outputs:
  Web:
    Value: !Ref Web
  Other:
    Value: !Ref Api
"""


@pytest.mark.parametrize(
    ("name", "line"), [("Web", 9), ("Api", 13), ("Metadata", None), ("Other", None)]
)
def test_resource_of_a_yaml_template_is_found(name: str, line: int | None) -> None:
    assert lines_of(YAML).get(name) == line


def test_resource_of_a_synthesised_template_is_found() -> None:
    template = {"Parameters": {"Api": {}}, "Resources": {f"R{n}": {"Type": "X"} for n in range(3)}}
    text = json.dumps(template, indent=1)
    for name in ("R0", "R1", "R2"):
        line = lines_of(text)[name]
        assert f'"{name}": {{' in text.splitlines()[line - 1]


def test_template_without_indentation_has_the_lines_on_which_names_come_first() -> None:
    text = '{"Resources": {\n"Web": {},\n"Api": {}},\n"Outputs": {\n"Web": {}}}'
    assert (lines_of(text)["Web"], lines_of(text)["Api"]) == (2, 3)


def test_template_in_one_line_has_no_lines_to_tell() -> None:
    assert "Api" not in lines_of('{"Resources": {"Api": {}}}')
    assert dict(lines_of("")) == {}
