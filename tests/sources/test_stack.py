from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.templates import ACCOUNT, REGION, stack_of, write

from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment
from ecr_constructs.sources.assembly import read_assembly
from ecr_constructs.sources.intrinsics import members_of
from ecr_constructs.sources.reading import MAX_DEPTH, Literals

TEXTS = st.sampled_from(
    [
        "Allow",
        "ecr:*",
        "Ref",
        "Fn::GetAtt",
        "Fn::Sub",
        "{",
        "{{",
        "${AWS::Region}",
        "{{resolve:ssm:/a}}",
        "AWS::Region",
        "Reference",
        "Principal",
        "\ue000",
    ]
)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
PLAIN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}]}
OWN = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": {"Ref": "AWS::AccountId"}}}]}


@given(VALUES)
def test_a_policy_without_intrinsics_is_what_it_would_be_resolved(value: Any) -> None:
    document = {"Version": "2012-10-17", "Statement": value}
    quick, thorough = stack_of(), stack_of()
    assert quick.document(document) == members_of(thorough, document)
    assert quick.reading.notes == thorough.reading.notes


@pytest.mark.parametrize("depth", [MAX_DEPTH - 2, MAX_DEPTH, MAX_DEPTH + 1, 2500])
def test_a_policy_that_nests_too_deep_is_told(depth: int) -> None:
    value: Any = "*"
    for _ in range(depth):
        value = [value]
    stack = stack_of()
    stack.document({"Statement": value})
    assert bool(stack.reading.notes) is (depth > MAX_DEPTH)


def repositories(deployment: Deployment) -> list[Any]:
    return [each.repository_policy for each in deployment.registries[0].repositories]


def test_two_sides_share_the_policies_without_intrinsics(tmp_path: Any) -> None:
    """What both sides have alike is one object, and what differs by the stack is not."""
    resources = {
        name: {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryPolicyText": policy}}
        for name, policy in (("Plain", PLAIN), ("Own", OWN))
    }
    literals: Literals = {}
    sides = []
    for side, account in (("old", ACCOUNT), ("new", "444455556666")):
        path = write(tmp_path / side / "Main.template.json", {"Resources": resources})
        read = read_assembly(path, account=account, region=REGION, literals=literals)
        sides.append({p.to_json(): p for p in repositories(read)})
    old, new = sides
    assert all(isinstance(policy, Policy) for policy in (*old.values(), *new.values()))
    shared = old.keys() & new.keys()
    assert len(shared) == 1
    assert all(old[text] is new[text] for text in shared)
    assert any(ACCOUNT in text for text in old.keys() - shared)
