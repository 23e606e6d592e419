"""What the AWS CLI printed: the same registry as the API gives, and never a guess."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.profiles import examples
from tests.sources.aws.fake_ecr import ACCOUNT, REGION, FakeEcr
from tests.sources.aws.filled import FILLED, fill

from ecr_constructs.errors import SourceError
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.sources.aws import connect, read_printed

LISTS: Final = (
    "describe_repositories",
    "describe_pull_through_cache_rules",
    "describe_repository_creation_templates",
    "list_pull_time_update_exclusions",
)
ONCE: Final = ("describe_registry", "get_registry_scanning_configuration")
NEED_NOT_BE: Final = ("get_registry_policy", "get_signing_configuration")
#: What the AWS CLI says where there is none.
NO_POLICY: Final = (
    "\nAn error occurred (RepositoryPolicyNotFoundException) when calling the GetRepositoryPolicy"
    " operation: Repository policy does not exist for the repository with name 'web' in the"
    f" registry with id '{ACCOUNT}'\n"
)
NO_LIFECYCLE: Final = (
    "\naws: [ERROR]: An error occurred (LifecyclePolicyNotFoundException) when calling the"
    " GetLifecyclePolicy operation: Lifecycle policy does not exist for the repository with name"
    f" 'api' in the registry with id '{ACCOUNT}'\n"
)

Outputs: TypeAlias = dict[str, str]


def printed(value: Any) -> str:
    """Return an answer as ``aws ecr ... --output json`` prints it."""
    del value["ResponseMetadata"]
    return json.dumps(value, indent=4, default=datetime.isoformat) + "\n"


@pytest.fixture(name="outputs")
def _outputs(ecr: FakeEcr) -> Outputs:
    """What the AWS CLI prints of a registry in which everything is set, by a name."""
    fill(ecr)
    api = connect()
    outputs = {method: printed(dict(api.call(method))) for method in (*LISTS, *ONCE, *NEED_NOT_BE)}
    policy = api.call("get_repository_policy", repositoryName="api")
    lifecycle = api.call("get_lifecycle_policy", repositoryName="web")
    outputs["get_repository_policy"] = printed(dict(policy)) + NO_POLICY
    outputs["get_lifecycle_policy"] = NO_LIFECYCLE + printed(dict(lifecycle))
    for name in ("BLOB_MOUNTING", "REGISTRY_POLICY_SCOPE"):
        outputs[name] = printed(dict(api.call("get_account_setting", name=name)))
    return outputs


@pytest.fixture(name="read")
def _read(tmp_path: Path) -> Callable[..., Registry]:
    """Write outputs to files of their own and read the folder."""

    def read(outputs: Outputs, **options: Any) -> Registry:
        for name, text in outputs.items():
            (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
        (registry,) = read_printed([tmp_path], **options).registries
        return registry

    return read


def without_tags(registry: Registry) -> Registry:
    """Return a registry without tags, of which nothing is known here."""
    bare = tuple(replace(each, tags=()) for each in registry.repositories)
    return replace(registry, repositories=bare)


def test_what_was_printed_is_what_the_api_gives(
    outputs: Outputs, read: Callable[..., Registry]
) -> None:
    registry = read(outputs)
    assert without_tags(registry) == without_tags(FILLED)
    ((key, value),) = registry.repositories[0].tags
    assert isinstance(key, Unresolved)
    assert isinstance(value, Unresolved)


def test_one_file_may_hold_all_that_was_printed(outputs: Outputs, tmp_path: Path) -> None:
    file = tmp_path / "all.txt"
    file.write_text("\n".join(outputs.values()), encoding="utf-8")
    (registry,) = read_printed([file]).registries
    assert without_tags(registry) == without_tags(FILLED)


def test_what_was_not_printed_is_not_known(outputs: Outputs, read: Callable[..., Registry]) -> None:
    for name in (*NEED_NOT_BE, "get_repository_policy", "get_lifecycle_policy", "BLOB_MOUNTING"):
        del outputs[name]
    registry = read(outputs)
    assert isinstance(registry.registry_policy, Unresolved)
    assert str(registry.signing) == "${aws ecr get-signing-configuration}"
    for repository in registry.repositories:
        assert isinstance(repository.repository_policy, Unresolved)
        assert isinstance(repository.lifecycle_policy, Unresolved)
    assert [str(each.name) for each in registry.account_settings] == ["REGISTRY_POLICY_SCOPE"]


def test_what_the_aws_cli_says_is_not_there_is_not_there(
    outputs: Outputs, read: Callable[..., Registry]
) -> None:
    said = "\nAn error occurred ({}NotFoundException) when calling the {} operation: None there\n"
    outputs["get_registry_policy"] = said.format("RegistryPolicy", "GetRegistryPolicy")
    signing = said.format("SigningConfiguration", "GetSigningConfiguration")
    outputs["get_signing_configuration"] = signing
    registry = read(outputs)
    assert (registry.registry_policy, registry.signing) == (None, None)


@pytest.mark.parametrize("missing", [*LISTS, *ONCE])
def test_refuses_to_read_without_what_a_registry_always_prints(
    outputs: Outputs, read: Callable[..., Registry], missing: str
) -> None:
    del outputs[missing]
    command = missing.replace("_", "-")
    with pytest.raises(SourceError, match=rf"must hold what `aws ecr {command}` prints, got none"):
        read(outputs, region=REGION)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("x", "{", r"must be JSON \(.*\); print it with --output json \[.*x.json\]"),
        ("x", "---\na: b", r"must be JSON, got '---'; print it with --output json"),
        ("x", '{"Stacks": [], "b": 1}', r"about a registry, got 'Stacks', 'b'; print it again"),
        ("x", '{"repositories": [], "NextToken": "x"}', r"got a page that says that others follow"),
        ("x", '{"repositories": [1]}', r"about a registry, got 'repositories'"),
        ("x", '{"registryId": "444444444444", "policyText": "{}"}', r"account 444444444444 here"),
        (
            "describe_repositories",
            '{"repositories": []}',
            r"without repositories.*--region",
        ),
        ("get_registry_scanning_configuration", '{"scanningConfiguration": 1}', r"other members"),
        (
            "x",
            "An error occurred (AccessDeniedException) when calling the GetRegistryPolicy",
            r"got 'An error occurred \(AccessDenied.*correct what the AWS CLI complains of",
        ),
    ],
)
def test_refuses_what_is_no_whole_output(
    outputs: Outputs, read: Callable[..., Registry], name: str, text: str, sentence: str
) -> None:
    with pytest.raises(SourceError, match=sentence):
        read({**outputs, name: text})


def test_refuses_two_regions_and_another_account(
    outputs: Outputs, read: Callable[..., Registry]
) -> None:
    moved = outputs["describe_repositories"].replace(REGION, "us-east-1")
    with pytest.raises(SourceError, match=r"one registry, got Region us-east-1 here and eu-west-1"):
        read({**outputs, "moved": moved})


def test_refuses_an_account_that_it_is_not_of(
    outputs: Outputs, read: Callable[..., Registry]
) -> None:
    with pytest.raises(SourceError, match=rf"of account 4{{12}}, got .* of account {ACCOUNT}"):
        read(outputs, account="4" * 12)


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot be read \(No such file or directory\)"):
        read_printed([tmp_path / "none.json"])


MEMBERS: Final = ("repositories", "replicationConfiguration", "signingConfiguration", "policyText")


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=4,
    ),
    st.sampled_from(MEMBERS),
)
def test_any_json_is_read_or_refused_in_a_sentence(
    outputs: Outputs, read: Callable[..., Registry], value: Any, member: str
) -> None:
    """Nothing else is raised, whatever stands where an answer has its one member."""
    with contextlib.suppress(SourceError):
        assert read({**outputs, "z": json.dumps({member: value})}).account == ACCOUNT
