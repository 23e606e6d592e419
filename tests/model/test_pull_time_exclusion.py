"""Exclusions from the update of an image's pull time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.aws_models import refused
from tests.model.registry_strategies import ACCOUNT, ORIGIN, TEXTS, exclusions
from tests.model.said import errors, warnings

from ecr_constructs.model.pull_time_exclusion import (
    PullTimeUpdateExclusion,
    exclusion_set_problems,
)
from ecr_constructs.model.unresolved import Unknown, Unresolved

UNKNOWN = Unresolved((Unknown("Main.Role.Arn"),))
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"


def exclusion(arn: Any) -> PullTimeUpdateExclusion:
    return PullTimeUpdateExclusion(principal_arn=arn)


@pytest.mark.parametrize(
    "arn",
    [
        f"{ROLE}Scanner",
        f"{ROLE}security/Scanner",
        f"{ROLE}{'s' * (200 - len(ROLE))}",
        f"arn:aws-us-gov:iam::{ACCOUNT}:role/Scanner",
        "${Token[Role.Arn.12]}",
        UNKNOWN,
    ],
)
def test_takes_a_role(arn: Any) -> None:
    assert exclusion(arn).problems() == []


@pytest.mark.parametrize(
    "arn",
    [
        "Scanner",
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Scanner/session",
        f"{ROLE}*/x y",
        f"{ROLE}{'s' * (201 - len(ROLE))}",
        "",
    ],
)
def test_refuses_a_principal_that_is_no_role(arn: str) -> None:
    (sentence,) = errors(exclusion(arn).problems())
    assert f"of at most 200 characters, got {arn!r}; write for example 'arn:aws:iam::" in sentence


def test_warns_of_a_user() -> None:
    user = f"arn:aws:iam::{ACCOUNT}:user/Eva"
    assert errors(exclusion(user).problems()) == []
    (sentence,) = warnings(exclusion(user).problems())
    assert re.search("should be a role, .* got '.*user/Eva'; let the scanner assume", sentence)


@given(exclusions(), st.none() | TEXTS.filter(str.strip))
def test_what_is_written_is_read_back(
    excluded: PullTimeUpdateExclusion, reason: str | None
) -> None:
    value = replace(excluded, reason=reason)
    written = value.to_cfn()
    resource = {"Properties": written, "Metadata": {"EcrConstructs": value.to_metadata()}}
    assert PullTimeUpdateExclusion.from_cfn(resource, ORIGIN) == (value, [])
    assert value.normalise() == value
    assert refused("PullTimeUpdateExclusion", written) == []
    assert value.problems() == []


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        [],
        {},
        {"EcrConstructs": "x"},
        {"EcrConstructs": {"reason": 7}},
        {"EcrConstructs": {"reason": " "}},
        {"EcrConstructs": {"exemptions": []}},
    ],
)
def test_what_says_no_reason_has_none(metadata: Any) -> None:
    resource = {"Properties": {"PrincipalArn": f"{ROLE}A"}, "Metadata": metadata}
    assert PullTimeUpdateExclusion.from_cfn(resource, ORIGIN) == (exclusion(f"{ROLE}A"), [])


def test_what_is_malformed_is_noted() -> None:
    value, problems = PullTimeUpdateExclusion.from_cfn({"Properties": {"PrincipalArn": []}}, ORIGIN)
    assert "Properties.PrincipalArn must be a string, got []" in errors(problems)[0]
    assert isinstance(value.principal_arn, Unresolved)
    assert value.origin == ORIGIN


def test_reads_a_live_exclusion() -> None:
    assert PullTimeUpdateExclusion.from_api(f"{ROLE}Scanner") == exclusion(f"{ROLE}Scanner")


def test_refuses_more_than_an_account_has() -> None:
    many = [exclusion(f"{ROLE}Scanner{index}") for index in range(101)]
    assert list(exclusion_set_problems(many[:100])) == []
    (sentence,) = errors(exclusion_set_problems(many))
    assert "at most 100 pull time update exclusions, got 101; let several scanners" in sentence


def test_refuses_one_twice() -> None:
    (sentence,) = errors(exclusion_set_problems([exclusion(f"{ROLE}A"), exclusion(f"{ROLE}A")]))
    assert f"must be excluded once, got '{ROLE}A' 2 times; drop one" in sentence
