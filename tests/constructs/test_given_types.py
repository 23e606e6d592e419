"""What has another type than a parameter takes is refused in one sentence, with its path.

Python and jsii would end in a ``TypeError`` or a dump of jsii's, without the construct.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from tests.synthesis import new_stack

from ecr_constructs import (
    AccountSetting,
    Baseline,
    ConfigurationError,
    GovernedPublicRepository,
    GovernedRegistry,
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Policy,
    Principals,
    PullThroughCacheSecret,
    RegistryReference,
    Scanning,
    Statement,
    Upstream,
)

Define = Callable[[cdk.Stack], object]


def repository(stack: cdk.Stack, **given: Any) -> GovernedRepository:
    return GovernedRepository(stack, "Api", **{"repository_name": "payments/api", **given})


def cached(stack: cdk.Stack) -> Any:
    return registry(stack).add_pull_through_cache(Upstream.quay()).repository("team/api")


def registry(stack: cdk.Stack, **given: Any) -> GovernedRegistry:
    return GovernedRegistry(stack, "Registry", **given)


@pytest.mark.parametrize(
    ("define", "said"),
    [
        (lambda s: repository(s, repository_name=5), "got 5; write for example 'payments/api'"),
        (
            lambda s: repository(s).allow_pull(Principals.account(222222222222)),
            "an account must be a string of 12 digits, got 222222222222; write '222222222222'",
        ),
        (
            lambda s: repository(s).allow_pull(Principals.lambda_functions(account=5)),
            "got 5; write for example '111122223333'",
        ),
        (
            lambda s: repository(
                s, lifecycle_policy=LifecyclePolicy.of([LifecycleRule.keep_newest(5)])
            ),
            "; write LifecyclePolicy.of(LifecycleRule.keep_newest(50), ...), without a list",
        ),
        (
            lambda s: repository(s, baseline=Baseline(lifecycle_policy=[1])),
            "baseline.lifecycle_policy: lifecycle_policy must be a LifecyclePolicy, got [1]; write",
        ),
        (
            lambda s: repository(s, baseline=Baseline(namespaces=[5])),
            "got 5; write for example 'payments'",
        ),
        (
            lambda s: repository(s).grant_pull("arn:aws:iam::111111111111:role/Run"),
            (
                "grantee must be one of CDK's principals, got"
                " 'arn:aws:iam::111111111111:role/Run'; write iam.Role.from_role_arn("
            ),
        ),
        (
            lambda s: repository(s).grant_push(Principals.account("222222222222")),
            "got Account(account='222222222222'); use allow_pull(...), allow_push(...)",
        ),
        (
            lambda s: repository(s).deny_outside_vpc_endpoint(5),
            "hexadecimal digits, got 5; write for example 'vpce-1a2b3c4d'",
        ),
        (
            lambda s: repository(s).deny_outside_vpc_endpoint(["vpce-1a2b3c4d"]),
            "; write for example 'vpce-1a2b3c4d', without a list",
        ),
        (
            lambda s: repository(s, encryption_key="alias/images"),
            "encryption_key must be a KMS key, got 'alias/images'; write kms.Key.from_key_arn(",
        ),
        (
            lambda s: registry(s).add_creation_template(
                "team", applied_for=[], custom_role="arn:aws:iam::1:role/a"
            ),
            "custom_role must be a role, got 'arn:aws:iam::1:role/a'; write iam.Role.from_role_arn",
        ),
        (
            lambda s: repository(s, lifecycle_policy=LifecycleRule.keep_newest(5)),
            "lifecycle_policy must be a LifecyclePolicy, got one of LifecycleRule; write",
        ),
        (
            lambda s: repository(
                s, lifecycle_policy=LifecyclePolicy.of(ecr.LifecycleRule(max_image_count=5))
            ),
            "a rule must be a LifecycleRule, got one of aws_ecr.LifecycleRule; write",
        ),
        (
            lambda s: repository(
                s,
                lifecycle_policy=LifecyclePolicy.of(
                    LifecycleRule.expire_untagged(older_than_days=cdk.Duration.days(7))
                ),
            ),
            "; write .to_days() behind it",
        ),
        (
            lambda s: registry(s).add_pull_through_cache(Upstream.quay(), lifecycle_policy="x"),
            "lifecycle_policy must be a LifecyclePolicy, got 'x'; write",
        ),
        (
            lambda s: registry(s).add_pull_through_cache(Upstream.quay(), custom_role="x"),
            "custom_role must be a role, got 'x'; write iam.Role.from_role_arn(",
        ),
        (
            lambda s: registry(s).add_creation_template(5, applied_for=["REPLICATION"]),
            "prefix must be a string, got 5; write for example 'payments'",
        ),
        (
            lambda s: registry(s).add_creation_template("a", applied_for=[], description=5),
            "description must be a string, got 5; write it in quotes",
        ),
        (
            lambda s: registry(s).add_creation_template("a", applied_for=None),
            "got 'None'; write for example [AppliedFor.REPLICATION]",
        ),
        (
            lambda s: repository(s).allow(Principals.account("222222222222"), actions=None),
            "actions must be a list, got None; write for example ['ecr:BatchGetImage']",
        ),
        (
            lambda s: repository(s).allow(Principals.account("222222222222"), actions=[5]),
            "actions must be strings, got 5; write 'ecr:...' as IAM spells it",
        ),
        (
            lambda s: registry(s).allow(Principals.account("222222222222"), actions=None),
            "actions must be a list, got None; write for example ['ecr:BatchGetImage']",
        ),
        (
            lambda s: repository(s, repository_policy=Policy.of({"Effect": "Allow"})),
            "a statement must be a Statement, got {'Effect': 'Allow'}; write Policy.from_document(",
        ),
        (
            lambda s: repository(
                s, repository_policy=Policy.of(Statement(principals=["222222222222"]))
            ),
            "a statement must name Principals, got '222222222222'; write Principal('AWS', 'arn:",
        ),
        (
            lambda s: registry(s, account_settings=[AccountSetting.blob_mounting(enabled="no")]),
            "got 'no'; write",
        ),
        (
            lambda s: GovernedRepository.from_repository_name(s, "Theirs", None),
            "repository_name must be a string, got None; write for example 'payments/api'",
        ),
        (
            lambda s: GovernedRepository.from_repository_arn(s, "Theirs", None),
            "repository_arn must be the ARN of a repository, got 'None'; write for example",
        ),
        (
            lambda s: registry(s).sign_images().allow_signing("arn:aws:iam::1:role/a"),
            "whoever may sign must be one of CDK's principals, got 'arn:aws:iam::1:role/a'; write",
        ),
        (
            lambda s: repository(s).add_to_resource_policy({"Effect": "Allow"}),
            "statement must be an iam.PolicyStatement, got {'Effect': 'Allow'}; write",
        ),
        (
            lambda s: cached(s).add_to_resource_policy(Principals.account("222222222222")),
            "statement must be an iam.PolicyStatement, got Account(account='222222222222'); write",
        ),
        (
            lambda s: registry(s, scanning=Scanning.basic(on_push=[5])),
            "scanning.rules[0].repository_filters[0]: a scanning filter must be",
        ),
        (
            lambda s: registry(s, scanning=Scanning.basic(on_push=5)),
            "at a time, got 5; write for example 'prod/*'",
        ),
        (
            lambda s: registry(s).sign_images(repository_filters=[5]),
            "at a time, got 5; write for example 'prod/*'",
        ),
        (
            lambda s: registry(s).replicate_to(RegistryReference(333333333333, "eu-central-1")),
            "account must be a string of 12 digits, got 333333333333; write '333333333333'",
        ),
        (
            lambda s: registry(s).replicate_to(
                RegistryReference("333333333333", "eu-central-1"), repository_filters=[5]
            ),
            "as it is a prefix, got 5; write for example 'prod/'",
        ),
        (
            lambda s: PullThroughCacheSecret(s, "Secret", name=5),
            "name must be a string, got 5; write 'docker-hub'",
        ),
    ],
)
def test_refuses_another_type_in_a_sentence_with_the_path(define: Define, said: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(said) + r".*\[Stack/[\w/:]+\]$"):
        define(new_stack())


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ("222222222222", "write Principals.account('222222222222')"),
        ("arn:aws:iam::222222222222:root", "write Principals.account('222222222222')"),
        (
            "arn:aws:iam::222222222222:role/a/Run",
            "write Principals.role('arn:aws:iam::222222222222:role/a/Run')",
        ),
        (
            "arn:aws:iam::222222222222:user/Ann",
            "write Principals.user('arn:aws:iam::222222222222:user/Ann')",
        ),
        ("o-a1b2c3d4e5", "write Principals.organization('o-a1b2c3d4e5')"),
        (
            "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111",
            "write Principals.organizational_unit('o-a1b2c3d4e5/r-ab12/ou-ab12-11111111')",
        ),
        ("lambda.amazonaws.com", "write Principals.lambda_functions()"),
        ("codebuild.amazonaws.com", "write Principals.codebuild_projects()"),
        ("ecs-tasks.amazonaws.com", "write Principals.service('ecs-tasks.amazonaws.com')"),
        ("Build", "write Principals.account(...), or grant_...(...) for one of CDK's principals"),
        (["222222222222"], "write them one after the other, and not in a list"),
        (
            iam.AccountPrincipal("222222222222"),
            "give it to grant_pull(...) or its kin, or write Principals.account(...)",
        ),
    ],
)
def test_whoever_is_named_otherwise_is_told_how(given: Any, fix: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^[^\n]*; {re.escape(fix)} \[Stack/Api\]$"):
        repository(new_stack()).allow_pull(given)


@pytest.mark.parametrize("scope", [None, "Stack", 5, object()])
def test_refuses_a_scope_that_is_no_construct(scope: Any) -> None:
    sentence = "scope must be a construct, got .*; write a stack, or a construct in one$"
    for define in (GovernedRepository, GovernedRegistry, GovernedPublicRepository):
        with pytest.raises(ConfigurationError, match=sentence):
            define(scope, "Api")
    with pytest.raises(ConfigurationError, match=sentence):
        PullThroughCacheSecret(scope, "Secret", name="quay")
    if scope is not None:  # which is none given
        with pytest.raises(ConfigurationError, match=sentence):
            repository(new_stack()).on_image_pushed("Pushed", cross_stack_scope=scope)
    with pytest.raises(ConfigurationError, match=sentence):
        GovernedRegistry.of(scope)
    with pytest.raises(ConfigurationError, match=r"construct must be an app .*; write attach\(app"):
        Baseline().attach(scope)


def test_tells_of_a_member_of_cdks_repository_what_it_is_called_here() -> None:
    api: Any = repository(new_stack())
    with pytest.raises(AttributeError, match=r"'add_lifecycle_rule'; write lifecycle_policy="):
        api.add_lifecycle_rule(max_image_count=5)
    with pytest.raises(AttributeError, match=r"has no attribute 'repository_url'$"):
        _ = api.repository_url


def test_the_handle_of_a_registry_tells_how_to_define_a_repository() -> None:
    handle: Any = GovernedRegistry.of(new_stack())
    with pytest.raises(AttributeError, match=r"write GovernedRepository\(scope, id, \.\.\.\)$"):
        handle.add_repository("Api")
    with pytest.raises(AttributeError, match="'RegistryHandle' has no attribute 'adopt'"):
        handle.adopt()
