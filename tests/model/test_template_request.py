"""What several parts of an app ask of one creation template is merged, in any order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.registry_strategies import LIFECYCLE_POLICIES, POLICIES
from tests.model.said import errors

from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.repository_filter import covers
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.model.template_request import (
    TemplateDefaults,
    TemplateRequest,
    governing_prefix,
    merge_requests,
    names_below,
    template_key,
)
from ecr_constructs.service import patterns

DEFAULTS: Final = TemplateDefaults(
    lifecycle_policy=LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=14))
)
PURPOSES: Final = tuple(AppliedFor)


def request(by: str = "A", *purposes: AppliedFor, **given: Any) -> TemplateRequest:
    return TemplateRequest(
        prefix="team", applied_for=purposes or (AppliedFor.REPLICATION,), by=by, **given
    )


REQUESTS: Final = st.builds(
    TemplateRequest,
    prefix=st.sampled_from(["team", "team/"]),
    applied_for=st.lists(st.sampled_from(PURPOSES), min_size=1, max_size=2, unique=True).map(tuple),
    by=st.sampled_from("ABC"),
    is_spelt=st.booleans(),
    description=st.sampled_from([None, "x", "y"]),
    image_tag_mutability=st.sampled_from([None, *TagMutability]),
    exclusion_filters=st.sampled_from([(), ("a", "b"), ("b", "a")]),
    encryption=st.sampled_from([None, Encryption(), Encryption(EncryptionType.KMS)]),
    repository_policy=st.sampled_from(
        [each for each in POLICIES if each is None or each.statements]
    ),
    lifecycle_policy=st.sampled_from(LIFECYCLE_POLICIES),
    resource_tags=st.sampled_from([None, (), (("a", "1"), ("b", "2")), (("b", "2"), ("a", "1"))]),
    custom_role_arn=st.sampled_from([None, "arn:aws:iam::111122223333:role/T"]),
    exemptions=st.sampled_from([(), (Exemption(Control.TAG_IMMUTABILITY, "x"),)]),
)


@given(st.lists(REQUESTS, min_size=1, max_size=5), st.randoms())
def test_any_order_of_requests_gives_the_same_template_and_problems(
    requests: list[TemplateRequest], random: Any
) -> None:
    shuffled = list(requests)
    random.shuffle(shuffled)
    assert merge_requests(shuffled, DEFAULTS) == merge_requests(requests, DEFAULTS)


@given(st.lists(REQUESTS, min_size=1, max_size=5))
def test_to_ask_twice_changes_nothing(requests: list[TemplateRequest]) -> None:
    assert merge_requests(requests * 2, DEFAULTS) == merge_requests(requests, DEFAULTS)


@given(REQUESTS)
def test_one_request_alone_gets_what_it_gives(given_request: TemplateRequest) -> None:
    template, problems = merge_requests([given_request], DEFAULTS)
    assert set(template.applied_for) == set(given_request.applied_for)
    for name in ("description", "custom_role_arn"):
        assert getattr(template, name) == getattr(given_request, name)
    assert template.encryption == (given_request.encryption or DEFAULTS.encryption)
    lifecycle = given_request.lifecycle_policy or DEFAULTS.lifecycle_policy
    assert template.lifecycle_policy == lifecycle.normalise()
    assert dict(template.resource_tags) == dict(given_request.resource_tags or ())
    mixed = AppliedFor.PULL_THROUGH_CACHE in given_request.applied_for and (
        len(given_request.applied_for) > 1
    )
    guessed = given_request.image_tag_mutability is None and not given_request.exclusion_filters
    assert bool(problems) == (mixed and guessed)


@given(st.lists(REQUESTS, min_size=1, max_size=5))
def test_what_somebody_gives_is_kept_or_a_problem_names_the_setting(
    requests: list[TemplateRequest],
) -> None:
    template, problems = merge_requests(requests, DEFAULTS)
    refused = {problem.path for problem in problems}
    for each in requests:
        assert set(each.applied_for) <= set(template.applied_for)
        if each.description is not None:
            assert template.description == each.description or "description" in refused
        if each.encryption is not None:
            assert template.encryption == each.encryption or "encryption" in refused
        if each.resource_tags:
            kept = dict(template.resource_tags) == dict(each.resource_tags)
            assert kept or "resource_tags" in refused


@pytest.mark.parametrize(
    ("purposes", "mutability"),
    [
        ({AppliedFor.PULL_THROUGH_CACHE}, TagMutability.MUTABLE),
        ({AppliedFor.REPLICATION}, TagMutability.IMMUTABLE),
        ({AppliedFor.CREATE_ON_PUSH, AppliedFor.REPLICATION}, TagMutability.IMMUTABLE),
    ],
)
def test_the_default_mutability_is_that_of_the_purpose(
    purposes: set[AppliedFor], mutability: TagMutability
) -> None:
    template, problems = merge_requests([request("A", *purposes)], DEFAULTS)
    assert (template.image_tag_mutability, problems) == (mutability, [])


def test_refuses_a_default_that_would_not_do_for_both_purposes() -> None:
    asked = [request("A", AppliedFor.PULL_THROUGH_CACHE), request("B", AppliedFor.REPLICATION)]
    (sentence,) = errors(merge_requests(asked, DEFAULTS)[1])
    assert "(asked for by A), whose tags move" in sentence
    assert "(asked for by B), whose tags do not, got none" in sentence


def test_policies_that_mean_the_same_are_the_same() -> None:
    one, other = (policy for policy in POLICIES[2:3] for _ in range(2))
    assert isinstance(one, Policy)
    turned = replace(one, statements=tuple(reversed(one.statements)))
    asked = [request("A", repository_policy=turned), request("B", repository_policy=other)]
    assert merge_requests(asked, DEFAULTS)[1] == []


def test_exemptions_of_all_are_kept_once_and_in_order() -> None:
    first = Exemption(Control.NAMESPACE, "a mirror")
    second = Exemption(Control.TAG_IMMUTABILITY, "moves")
    asked = [request("B", exemptions=(second, first)), request("A", exemptions=(first,))]
    assert merge_requests(asked, DEFAULTS)[0].exemptions == (first, second)


# Prefixes


@pytest.mark.parametrize(
    ("repository_filter", "prefix"),
    [
        ("", "ROOT"),
        ("prod", "ROOT"),
        ("prod/", "prod"),
        ("prod/api", "prod"),
        ("prod/api/", "prod/api"),
        ("team.x/app_y/z", "team.x/app_y"),
        # No name lies in a namespace that ends in a separator.
        ("prod/api-/x", "prod"),
        ("api-/x", "ROOT"),
    ],
)
def test_the_template_of_a_filter_covers_every_name_that_it_takes(
    repository_filter: str, prefix: str
) -> None:
    assert governing_prefix(repository_filter) == prefix


@given(
    st.from_regex(patterns.PREFIX_FILTER, fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,5}(/[a-z0-9]{1,5})?", fullmatch=True),
)
def test_no_name_that_a_filter_takes_escapes_its_template(
    repository_filter: str, more: str
) -> None:
    name = repository_filter + more
    if patterns.REPOSITORY_NAME.fullmatch(name):
        assert covers(governing_prefix(repository_filter), name)


@pytest.mark.parametrize(
    ("prefix", "names"), [("ROOT", ""), (None, ""), ("", ""), ("a", "a/"), ("a/", "a/")]
)
def test_names_below_a_prefix_begin_with_it(prefix: str | None, names: str) -> None:
    assert names_below(prefix) == names


def test_a_slash_at_the_end_tells_no_templates_apart() -> None:
    assert template_key("team/") == template_key("team") == "team"
