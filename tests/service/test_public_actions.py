"""The actions of Amazon ECR Public beside the operations that botocore has."""

from __future__ import annotations

from tests.model.aws_models import service_model

from ecr_constructs.service import public_actions


def test_the_actions_are_the_operations() -> None:
    operations = {f"ecr-public:{name}" for name in service_model("ecr-public")["operations"]}
    assert operations == public_actions.REPOSITORY | public_actions.REGISTRY
    assert not public_actions.REPOSITORY & public_actions.REGISTRY


def test_the_actions_on_a_repository_are_those_that_take_one() -> None:
    model = service_model("ecr-public")
    takes = set()
    for name, operation in model["operations"].items():
        members = model["shapes"][operation["input"]["shape"]]["members"]
        if {"repositoryName", "repositoryNames", "resourceArn"} & set(members):
            takes.add(f"ecr-public:{name}")
    assert takes == public_actions.REPOSITORY
