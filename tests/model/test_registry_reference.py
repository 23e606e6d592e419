"""A registry by its name alone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.model.said import sentences

from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.replication import Destination


def test_a_reference_names_an_account_and_a_region() -> None:
    reference = RegistryReference("222222222222", "eu-central-1")
    assert list(reference.problems()) == []
    assert reference.title == "the registry of account 222222222222 in eu-central-1"
    assert reference.destination == Destination("eu-central-1", "222222222222")


@pytest.mark.parametrize(
    ("account", "region", "said"),
    [
        (
            "22",
            "eu-central-1",
            "account must be 12 digits, got '22'; write for example '111122223333'",
        ),
        ("222222222222", "Frankfurt", "region must be a Region of AWS, got 'Frankfurt'; write"),
        ("222222222222", "moon-base-1", "region must be in a partition that is known here"),
        (
            "${Token[AWS.AccountId.1]}",
            "eu-central-1",
            "account of a RegistryReference must be known at synthesis, got a token; write it out",
        ),
        ("222222222222", "${Token[AWS.Region.1]}", "region of a RegistryReference must be known"),
        (
            333333333333,
            "eu-central-1",
            "account must be a string of 12 digits, got 333333333333; write '333333333333'",
        ),
        ("222222222222", 1, "region must be a Region of AWS, got 1; write for example"),
    ],
)
def test_refuses_what_names_no_registry(account: Any, region: Any, said: str) -> None:
    (sentence,) = sentences(RegistryReference(account, region).problems())
    assert said in sentence
