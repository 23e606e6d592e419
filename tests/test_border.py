"""The jsii border: what a mapping, a set or a token may be, it may be in every parameter.

jsii crashes on a tuple, a set, a mapping proxy or a generator, and works on a
token's text as on any other: neither may reach a user.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from tests.synthesis import (
    ACCOUNT,
    ORGANIZATION,
    OTHER_ACCOUNT,
    new_stack,
    properties_of,
    resource_of,
    statements_of,
)

from ecr_constructs import (
    AccountSetting,
    Baseline,
    ConfigurationError,
    Control,
    Exemption,
    GovernedRegistry,
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Policy,
    Principal,
    Principals,
    Statement,
)

KEY_ARN: Final = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"


class View(Mapping[str, str]):
    """A mapping that is no dict."""

    def __init__(self, entries: dict[str, str]) -> None:
        self._entries = entries

    def __getitem__(self, key: str) -> str:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def generator(values: Iterable[Any]) -> Iterator[Any]:
    yield from values


ITERABLES: Final[dict[str, Callable[[list[Any]], Iterable[Any]]]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "generator": generator,
    "iterator": iter,
    "dict keys": lambda values: dict.fromkeys(values).keys(),
    "mapping proxy": lambda values: MappingProxyType(dict.fromkeys(values)),
    "reversed": reversed,
}


@pytest.fixture(params=ITERABLES)
def make(request: pytest.FixtureRequest) -> Callable[[list[Any]], Iterable[Any]]:
    """Makes an iterable of some kind."""
    kind: Callable[[list[Any]], Iterable[Any]] = ITERABLES[request.param]
    return kind


# Several of something


def test_exclusion_filters(make: Callable[[list[Any]], Iterable[Any]]) -> None:
    stack = new_stack()
    GovernedRepository(
        stack, "Api", image_tag_mutability_exclusion_filters=make(["latest", "dev-*"])
    )
    filters = properties_of(stack)["ImageTagMutabilityExclusionFilters"]
    values = [each["ImageTagMutabilityExclusionFilterValue"] for each in filters]
    assert values == ["dev-*", "latest"]


def test_exemptions(make: Callable[[list[Any]], Iterable[Any]]) -> None:
    stack = new_stack()
    exemption = Exemption(Control.SCAN_ON_PUSH, "why")
    GovernedRepository(stack, "Api", scan_on_push=False, exemptions=make([exemption]))
    recorded = resource_of(stack)["Metadata"]["EcrConstructs"]["exemptions"]
    assert recorded == [exemption.to_metadata()]


def test_account_settings(make: Callable[[list[Any]], Iterable[Any]]) -> None:
    stack = new_stack()
    settings = [AccountSetting.blob_mounting(), AccountSetting.registry_policy_scope()]
    GovernedRegistry(stack, "Registry", account_settings=make(settings))
    assert (
        len(stack.node.find_child("Registry").node.find_child("AccountSettings").node.children) == 4
    )


def test_what_an_event_is_about(make: Callable[[list[Any]], Iterable[Any]]) -> None:
    stack = new_stack()
    rule = GovernedRegistry.of(stack).on_image_scan_completed(
        "Rule", repository_prefixes=make(["web/", "payments/"]), image_tags=make(["v1", "v2"])
    )
    cfn = rule.node.default_child
    assert isinstance(cfn, events.CfnRule)
    pattern = stack.resolve(cfn.event_pattern)
    assert pattern["detail"]["image-tags"] == ["v1", "v2"]
    assert len(pattern["resources"]) == 2


def test_the_parts_of_a_baseline(make: Callable[[list[Any]], Iterable[Any]]) -> None:
    stack = new_stack()
    given: Any = {
        "namespaces": make(["payments"]),
        "exemptions": make([Exemption(Control.SCAN_ON_PUSH, "why")]),
    }
    baseline = Baseline(**given)
    for number in range(2):  # what is consumed once must serve twice
        GovernedRepository(
            stack,
            f"Api{number}",
            repository_name=f"payments/api{number}",
            scan_on_push=False,
            baseline=baseline,
        )
    with pytest.raises(ConfigurationError, match=r"\['payments'\], got 'web/api'"):
        GovernedRepository(stack, "Web", repository_name="web/api", baseline=baseline)


def test_actions(make: Callable[[list[Any]], Iterable[Any]]) -> None:
    stack = new_stack()
    GovernedRepository(stack, "Api").allow(
        Principals.account(OTHER_ACCOUNT), actions=make(["ecr:PutImage", "ecr:ListImages"])
    )
    (statement,) = statements_of(stack)
    assert statement["Action"] == ["ecr:ListImages", "ecr:PutImage"]


def test_principals(make: Callable[[list[Any]], Iterable[Any]]) -> None:
    stack = new_stack()
    accounts = ["333333333333", OTHER_ACCOUNT]
    GovernedRepository(stack, "Api").allow_pull(*make([*map(Principals.account, accounts)]))
    (statement,) = statements_of(stack)
    assert len(statement["Principal"]["AWS"]) == 2


def test_endpoints(make: Callable[[list[Any]], Iterable[Any]]) -> None:
    stack = new_stack()
    GovernedRepository(stack, "Api").deny_outside_vpc_endpoint(
        *make(["vpce-1a2b3c4d", "vpce-0a2b3c4d"])
    )
    (statement,) = statements_of(stack)
    denied = statement["Condition"]["StringNotEquals"]["aws:SourceVpce"]
    assert denied == ["vpce-0a2b3c4d", "vpce-1a2b3c4d"]


def test_tags_of_lifecycle_rules(make: Callable[[list[Any]], Iterable[Any]]) -> None:
    stack = new_stack()
    policy = LifecyclePolicy.of(
        LifecycleRule.expire_untagged(older_than_days=1),
        LifecycleRule.keep_newest(5, tag_patterns=make(["v*", "*-rc"])),
    )
    GovernedRepository(stack, "Api", lifecycle_policy=policy)
    written = json.loads(properties_of(stack)["LifecyclePolicy"]["LifecyclePolicyText"])
    assert written["rules"][1]["selection"]["tagPatternList"] == ["*-rc", "v*"]


@pytest.mark.parametrize("make_mapping", [dict, MappingProxyType, View])
def test_tags(make_mapping: Callable[[dict[str, str]], Mapping[str, str]]) -> None:
    stack = new_stack()
    GovernedRepository(stack, "Api", tags=make_mapping({"team": "web"}))
    assert properties_of(stack)["Tags"] == [{"Key": "team", "Value": "web"}]


def test_nothing_of_something_is_nothing() -> None:
    stack = new_stack()
    GovernedRepository(
        stack,
        "Api",
        image_tag_mutability_exclusion_filters=(),
        exemptions=iter([]),
        tags=MappingProxyType({}),
        repository_policy=Policy(),
    )
    properties = properties_of(stack)
    assert "ImageTagMutabilityExclusionFilters" not in properties
    assert "Tags" not in properties
    assert "RepositoryPolicyText" not in properties


# Tokens: each string parameter takes one, or says that it must be known

PARAMETERS: Final = {
    "repository_name": "refused",
    "image_tag_mutability": "kept",
    "image_tag_mutability_exclusion_filters": "kept",
    "encryption": "kept",
    "encryption_key": "kept",
    "tags": "kept",
    "repository_policy": "kept",
    "lifecycle_policy": "refused",
    # These take no strings.
    "scan_on_push": None,
    "removal_policy": None,
    "empty_on_delete": None,
    "baseline": None,
    "exemptions": None,
}


def test_the_table_has_every_parameter() -> None:
    signature = inspect.signature(GovernedRepository.__init__)
    assert set(PARAMETERS) == set(signature.parameters) - {"self", "scope", "construct_id"}


def token_in(stack: cdk.Stack, default: str = "x") -> str:
    """Return a token that refers to a parameter of the stack."""
    return cdk.CfnParameter(stack, "Given", default=default).value_as_string


REFERENCE: Final = {"Ref": "Given"}


def test_a_token_as_a_name_is_refused() -> None:
    stack = new_stack()
    token = token_in(stack)
    for name in (token, f"payments/{token}"):
        with pytest.raises(ConfigurationError, match="known at synthesis, got a token; write the"):
            GovernedRepository(stack, "Api", repository_name=name)


def test_a_token_as_the_mutability_is_kept() -> None:
    stack = new_stack()
    given: Any = token_in(stack, "IMMUTABLE")
    GovernedRepository(stack, "Api", image_tag_mutability=given)
    assert properties_of(stack)["ImageTagMutability"] == REFERENCE


def test_a_token_as_an_exclusion_filter_is_kept() -> None:
    stack = new_stack()
    token = token_in(stack)
    GovernedRepository(stack, "Api", image_tag_mutability_exclusion_filters=["latest", token])
    filters = properties_of(stack)["ImageTagMutabilityExclusionFilters"]
    values = [each["ImageTagMutabilityExclusionFilterValue"] for each in filters]
    assert "latest" in values
    assert REFERENCE in values


def test_a_token_as_the_encryption_is_kept() -> None:
    stack = new_stack()
    given: Any = token_in(stack, "KMS")
    GovernedRepository(stack, "Api", encryption=given)
    assert properties_of(stack)["EncryptionConfiguration"] == {"EncryptionType": REFERENCE}


def test_a_token_as_a_key_is_kept() -> None:
    stack = new_stack()
    key = kms.Key(stack, "Key")
    GovernedRepository(stack, "Api", encryption_key=key)
    assert list(properties_of(stack)["EncryptionConfiguration"]["KmsKey"]) == ["Fn::GetAtt"]


def test_tokens_as_tags_are_kept() -> None:
    stack = new_stack()
    token = token_in(stack)
    GovernedRepository(stack, "Api", tags={"team": token})
    assert properties_of(stack)["Tags"] == [{"Key": "team", "Value": REFERENCE}]


def test_tokens_in_a_policy_are_kept() -> None:
    stack = new_stack()
    token = token_in(stack)
    arn = f"arn:aws:iam::{token}:role/Deploy"
    statement = Statement(principals=(Principal("AWS", arn),), actions=("ecr:PutImage",))
    GovernedRepository(stack, "Api", repository_policy=Policy.of(statement))
    (written,) = statements_of(stack)
    assert written["Principal"]["AWS"] == {
        "Fn::Join": ["", ["arn:aws:iam::", REFERENCE, ":role/Deploy"]]
    }


def test_a_token_in_a_lifecycle_policy_is_refused() -> None:
    stack = new_stack()
    token = token_in(stack)
    rule = LifecycleRule.keep_newest(5, tag_patterns=[token])
    with pytest.raises(ConfigurationError, match="must be known at synthesis, got a CDK token"):
        GovernedRepository(stack, "Api", lifecycle_policy=LifecyclePolicy.of(rule))


@pytest.mark.parametrize(
    ("principal", "written"),
    [
        (
            Principals.account,
            {"AWS": {"Fn::Join": ["", ["arn:aws:iam::", REFERENCE, ":root"]]}},
        ),
        (Principals.role, {"AWS": REFERENCE}),
        (Principals.user, {"AWS": REFERENCE}),
    ],
)
def test_tokens_as_principals_are_kept(principal: Callable[[str], Any], written: Any) -> None:
    stack = new_stack()
    token = token_in(stack)
    GovernedRepository(stack, "Api").allow_pull(principal(token))
    (statement,) = statements_of(stack)
    assert statement["Principal"] == written


def test_tokens_in_conditions_are_kept() -> None:
    stack = new_stack()
    token = token_in(stack)
    repository = GovernedRepository(stack, "Api")
    repository.allow_pull(
        Principals.organization(token),
        Principals.organizational_unit(token),
        Principals.lambda_functions(account=token, function_name=token),
        Principals.codebuild_projects(account=token, project_name=token),
        Principals.service("ecs-tasks.amazonaws.com", source_account=token, source_arn=token),
    )
    repository.deny_outside_organization(token)
    repository.deny_outside_vpc_endpoint(token)
    written = json.dumps(statements_of(stack))
    assert "Token[" not in written
    assert written.count('"Given"') >= 9


def test_a_token_as_the_organisation_of_a_baseline_is_kept() -> None:
    stack = new_stack()
    token = token_in(stack)
    repository = GovernedRepository(stack, "Api", baseline=Baseline(organization_id=token))
    repository.allow_pull(Principals.organization())
    (statement,) = statements_of(stack)
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": REFERENCE}}


def test_a_role_of_an_unknown_account_is_named_itself() -> None:
    stack = new_stack()
    token = token_in(stack)
    GovernedRepository(stack, "Api").allow_pull(
        Principals.role(f"arn:aws:iam::{token}:role/Deploy")
    )
    (statement,) = statements_of(stack)
    assert "Condition" not in statement


@pytest.mark.parametrize("env", [cdk.Environment(account=ACCOUNT), None])
def test_a_stack_without_a_region_writes_one_that_is_known_at_deployment(
    env: cdk.Environment | None,
) -> None:
    stack = new_stack(env=env)
    repository = GovernedRepository(stack, "Api", baseline=Baseline(organization_id=ORGANIZATION))
    repository.allow_pull(Principals.lambda_functions(), Principals.organization())
    written = json.dumps(statements_of(stack))
    assert '{"Ref": "AWS::Region"}' in written
    assert '{"Ref": "AWS::Partition"}' in written
    assert "Token[" not in written
