"""What has another type than a parameter takes is refused in one sentence, with its path.

Python and jsii would end in a ``TypeError`` or a dump of jsii's, without the construct.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from tests.synthesis import new_stack

from ecr_constructs import (
    Baseline,
    ConfigurationError,
    GovernedRegistry,
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Principals,
    PullThroughCacheSecret,
    RegistryReference,
    Scanning,
)

Define = Callable[[cdk.Stack], object]


def repository(stack: cdk.Stack, **given: Any) -> GovernedRepository:
    return GovernedRepository(stack, "Api", **{"repository_name": "payments/api", **given})


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
    with pytest.raises(ConfigurationError, match=re.escape(said) + r".*\[Stack/\w+\]$"):
        define(new_stack())


def test_the_handle_of_a_registry_tells_how_to_define_a_repository() -> None:
    handle: Any = GovernedRegistry.of(new_stack())
    with pytest.raises(AttributeError, match=r"write GovernedRepository\(scope, id, \.\.\.\)$"):
        handle.add_repository("Api")
    with pytest.raises(AttributeError, match="'RegistryHandle' has no attribute 'adopt'"):
        handle.adopt()
