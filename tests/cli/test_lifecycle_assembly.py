"""`ecr-constructs lifecycle preview --assembly`: the policy of a repository in a template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.lifecycle_runs import IMAGES, OLD, POLICY, Lifecycle

from ecr_constructs.model.lifecycle import LifecyclePolicy


@pytest.fixture(name="lifecycle")
def _lifecycle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Lifecycle:
    return Lifecycle(tmp_path, capsys)


def repository(name: str, policy: object = POLICY) -> dict[str, Any]:
    properties: dict[str, Any] = {"RepositoryName": name}
    if isinstance(policy, LifecyclePolicy):
        properties["LifecyclePolicy"] = policy.to_cfn()
    elif policy is not None:
        properties["LifecyclePolicy"] = {"LifecyclePolicyText": policy}
    return {"Type": "AWS::ECR::Repository", "Properties": properties}


def test_preview_takes_the_policy_of_a_template(
    lifecycle: Lifecycle,
) -> None:
    status, out, err = lifecycle.of_template(
        repository("payments/api"), "--repository", "payments/api"
    )
    assert (status, err) == (0, "")
    assert "expires 3 images" in out


@pytest.mark.parametrize(
    ("policy", "options", "sentence"),
    [
        (POLICY, [], "--assembly needs a repository, got none; write --repository NAME"),
        (POLICY, ["--repository", "x/y"],
         "one of the assembly's 1, got 'x/y'; there is payments/api ["),
        (None, ["--repository", "payments/api"],
         "template.json'; write --policy POLICY to try one"),
        ({"Ref": "Text"}, ["--repository", "payments/api"],
         "template.json' is known only at deployment; write --policy POLICY"),
        ('{"rules": []}', ["--repository", "payments/api"],
         "rules must hold 1 to 50 rules, got 0"),
    ],
)  # fmt: skip
def test_preview_refuses_a_template_without_a_policy(
    lifecycle: Lifecycle,
    policy: object,
    options: list[str],
    sentence: str,
) -> None:
    status, out, err = lifecycle.of_template(repository("payments/api", policy), *options)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


def test_preview_asks_which_of_several_registries(lifecycle: Lifecycle) -> None:
    accounts = ("111122223333", "444455556666")
    policies = (POLICY, OLD)
    artifacts = {}
    for account, policy in zip(accounts, policies, strict=True):
        name = f"Stack{account}"
        template = {"Resources": {"Api": repository("payments/api", policy)}}
        lifecycle.write(f"{name}.template.json", template)
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/eu-west-1",
            "properties": {"templateFile": f"{name}.template.json"},
        }
    lifecycle.write("manifest.json", {"version": "48.0.0", "artifacts": artifacts})
    arguments = [
        "preview", "--assembly", str(lifecycle.folder), "--repository", "payments/api",
        "--images", lifecycle.write("images.json", IMAGES),
    ]  # fmt: skip
    status, _, err = lifecycle(*arguments)
    assert status == 2
    assert "several registries (111122223333 eu-west-1, 444455556666 eu-west-1)" in err
    assert "write --account and --region" in err
    status, out, _ = lifecycle(*arguments, "--account", accounts[1], "--region", "eu-west-1")
    assert status == 0
    assert "expires 1 image (" in out


def test_preview_takes_a_repository_by_its_construct_path(lifecycle: Lifecycle) -> None:
    resource = repository("payments/api") | {"Metadata": {"aws:cdk:path": "Main/Api/Resource"}}
    status, out, err = lifecycle.of_template(resource, "--repository", "Main/Api")
    assert (status, err) == (0, "")
    assert "expires 3 images" in out


def test_refuses_the_images_of_another_repository(lifecycle: Lifecycle) -> None:
    resource = repository("payments/web") | {"Metadata": {"aws:cdk:path": "Main/Web/Resource"}}
    said = (
        "ecr-constructs: the images must be of the repository that the policy is of,"
        " 'payments/web', got those of 'payments/api'; give the inventory of 'payments/web', or"
        " the policy as a file with --policy to try it on others\n"
    )
    for name in ("payments/web", "Main/Web"):
        assert lifecycle.of_template(resource, "--repository", name) == (2, "", said)
    template = lifecycle.write("template.json", {"Resources": {"Web": resource}})
    status, out, err = lifecycle(
        "compare", "--assembly", template, "--assembly", template,
        "--repository", "payments/web", "--images", lifecycle.write("images.json", IMAGES),
    )  # fmt: skip
    assert (status, out, err) == (2, "", said)


def test_takes_the_images_of_a_repository_whose_name_nobody_knows_yet(lifecycle: Lifecycle) -> None:
    resource = repository("unused") | {"Metadata": {"aws:cdk:path": "Main/Api/Resource"}}
    del resource["Properties"]["RepositoryName"]
    status, out, err = lifecycle.of_template(resource, "--repository", "Main/Api")
    assert (status, err) == (0, "")
    assert "expires 3 images" in out


def test_compare_takes_the_policies_of_two_assemblies(lifecycle: Lifecycle) -> None:
    older, newer = (
        lifecycle.write(f"{name}.json", {"Resources": {"Api": repository("payments/api", policy)}})
        for name, policy in (("older", OLD), ("newer", POLICY))
    )
    status, out, err = lifecycle(
        "compare", "--assembly", older, "--assembly", newer, "--repository", "payments/api",
        "--images", lifecycle.write("images.json", IMAGES),
    )  # fmt: skip
    assert (status, err) == (0, "")
    assert out == lifecycle.compare(OLD, POLICY)[1]
    assert "the change deletes 2 images" in out
