"""`review` with what is there on one side: what a deployment changes, what changed by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.review.templates import policy, repository, statement
from tests.sources.aws.fake_ecr import ACCOUNT, REGION, FakeEcr

from ecr_constructs.cli.main import run

PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Puller"
OTHER = "arn:aws:iam::222222222222:root"
PROFILE = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/Images"

Changes: TypeAlias = list[tuple[str, str]]
Review: TypeAlias = Callable[..., tuple[int, Changes, str]]


@pytest.fixture(name="template")
def _template(tmp_path: Path) -> Callable[..., str]:
    def write(**resources: Any) -> str:
        path = tmp_path / "Main.template.json"
        path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture(name="review")
def _review(capsys: pytest.CaptureFixture[str]) -> Review:
    """Review; give the status, the changes with their classes, and the complaints."""

    def review(*arguments: str) -> tuple[int, Changes, str]:
        status = run(["review", *arguments, "--format", "json"])
        captured = capsys.readouterr()
        document = json.loads(captured.out) if captured.out else {}
        found = [(each["class"], each["sentence"]) for each in document.get("change") or ()]
        return status, found, captured.err

    return review


def test_what_is_deployed_as_it_is_makes_no_change(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    """Neither the form of a value nor what only a template tells is a difference."""
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    text = json.dumps(policy(statement({"AWS": [ROLE, OTHER]})))
    ecr.add("payments/api", encryptionConfiguration={"encryptionType": "KMS", "kmsKey": key})
    ecr.repository_policies["payments/api"] = text
    ecr.registry_policy = text
    ecr.templates = [{"prefix": "hub", "appliedFor": ["REPLICATION"], "customRoleArn": ROLE}]
    ecr.add("of/another/stack", imageTagMutability="MUTABLE")
    unknown = {"Fn::GetAtt": ["Role", "Arn"]}
    path = template(
        Key={"Type": "AWS::KMS::Key"},
        Role={"Type": "AWS::IAM::Role", "Properties": {}},
        Api=repository(
            "payments/api",
            EncryptionConfiguration={
                "EncryptionType": "KMS",
                "KmsKey": {"Fn::GetAtt": ["Key", "Arn"]},
            },
            RepositoryPolicyText=policy(statement({"AWS": ["222222222222", unknown]})),
            deletion="Delete",
        ),
        Template={
            "Type": "AWS::ECR::RepositoryCreationTemplate",
            "Properties": {
                "Prefix": "hub/",
                "AppliedFor": ["REPLICATION"],
                "CustomRoleArn": unknown,
            },
        },
    )
    status, changes, err = review(path, "--against", "live")
    assert (status, changes) == (0, [])
    identities, principals = err.splitlines()
    assert identities == (
        "ecr-constructs: note: identities are not read: they may do what the assembly says, before"
        " and after"
    )
    assert principals == (
        "ecr-constructs: note: principals that are known at deployment alone are taken for those"
        " that are there, in the policy of payments/api"
    )


def test_a_change_by_hand_is_told(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    ecr.add("payments/api", imageTagMutability="MUTABLE")
    ecr.repository_policies["payments/api"] = json.dumps(policy(statement({"AWS": OTHER})))
    path = template(Api=repository("payments/api"))
    status, changes, _ = review("--live", "--against", path, "--fail-on", "widened")
    assert status == 1
    assert [kind for kind, _ in changes] == ["widened", "weakened"]
    assert "222222222222" in changes[0][1]
    _, changes, _ = review(path, "--against", "live")
    assert [kind for kind, _ in changes] == ["narrowed", "strengthened"]


#: What a registry has beside its repositories, each so that it outlives its resource.
RETAINED: dict[str, dict[str, Any]] = {
    name: {"Type": f"AWS::ECR::{kind}", "Properties": properties, "DeletionPolicy": "Retain"}
    for name, kind, properties in (
        ("Policy", "RegistryPolicy", {"PolicyText": policy(statement({"AWS": OTHER}))}),
        ("Signing", "SigningConfiguration", {"Rules": [{"SigningProfileArn": PROFILE}]}),
        ("Template", "RepositoryCreationTemplate", {"Prefix": "hub", "AppliedFor": []}),
        (
            "Cache",
            "PullThroughCacheRule",
            {"EcrRepositoryPrefix": "quay", "UpstreamRegistryUrl": "quay.io"},
        ),
    )
}


def test_what_is_not_there_has_not_stayed(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    """However it was to be retained: what is there tells, not what a deployment would leave."""
    ecr.add("payments/api")
    path = template(
        **RETAINED,
        Api=repository("payments/api", deletion="Retain"),
        Web=repository("web", deletion="Retain"),
    )
    _, changes, _ = review("--live", "--against", path)
    gone = (
        "payments/api, repositories that are not in this app and repositories that are created"
        " below hub"
    )
    told = [(kind, re.split(": (?:they|nothing)|, nor", sentence)[0]) for kind, sentence in changes]
    assert told == [
        ("lost", "web is not there, and neither are images that it held"),
        ("narrowed", f"account 222222222222 can no longer pull {gone}"),
        ("weakened", f"images pushed to payments/api are signed no longer with {PROFILE}"),
        (
            "weakened",
            "repositories that are created below hub follow no creation template any more",
        ),
        ("weakened", f"signing is switched off for the registry of account {ACCOUNT} in {REGION}"),
        ("stopped", "images of Quay (quay.io) can no longer be pulled through 'quay'"),
    ]


def test_what_is_there_replaces_no_cache_rule(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    rule = {"ecrRepositoryPrefix": "quay", "upstreamRegistryUrl": "quay.io"}
    ecr.cache_rules = [rule | {"upstreamRepositoryPrefix": "org"}]
    path = template(Cache=RETAINED["Cache"])
    another = "the pull through cache rule 'quay' is another than the one declared"
    assert review("--live", "--against", path)[1] == [("replaced", another)]
    ((kind, sentence),) = review(path, "--against", "live")[1]
    assert (kind, "CloudFormation makes the new one" in sentence) == ("replaced", True)
    # A slash at the end of a prefix is Amazon ECR's to write.
    ecr.cache_rules = [rule | {"ecrRepositoryPrefix": "quay/"}]
    for sides in (("--live", "--against", path), (path, "--against", "live")):
        assert review(*sides)[1] == []


def test_a_repository_that_was_made_anew_is_another(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    ecr.add("payments/api", encryptionConfiguration={"encryptionType": "KMS_DSSE", "kmsKey": "k"})
    path = template(Api=repository("payments/api", deletion="Retain"))
    ((kind, sentence),) = review("--live", "--against", path)[1]
    assert kind == "lost"
    assert sentence.startswith(
        "payments/api is another repository than the one declared, and holds"
    )


def test_what_a_deployment_makes_and_replaces_is_told(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    ecr.add("payments/api")
    encryption = {"EncryptionType": "KMS"}
    path = template(
        Api=repository("payments/api", EncryptionConfiguration=encryption), Web=repository("web")
    )
    _, changes, _ = review(path, "--against", "live")
    assert [kind for kind, _ in changes] == ["lost", "harmless"]
    assert "payments/api would be replaced by an empty repository" in changes[0][1]
    assert changes[1][1] == "web is new"


def test_what_the_assembly_does_not_define_stays(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    ecr.add("of/another/stack")
    ecr.registry_policy = json.dumps(policy(statement({"AWS": OTHER}, Resource="*")))
    ecr.scanning["rules"] = [
        {
            "scanFrequency": "SCAN_ON_PUSH",
            "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}],
        }
    ]
    ecr.exclusions = [ROLE]
    assert review(template(Web=repository("web")), "--against", "live")[1] == [
        # By the registry policy, which stays.
        ("widened", "account 222222222222 can now pull web"),
        ("harmless", "web is new"),
    ]


def test_public_repositories_are_left_out_and_that_is_said(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    ecr.add("api")
    public = {"Type": "AWS::ECR::PublicRepository", "Properties": {"RepositoryName": "tools"}}
    status, changes, err = review(
        template(Api=repository("api"), Public=public), "--against", "live"
    )
    assert (status, changes) == (0, [])
    assert err == "ecr-constructs: note: public repositories are not read: they are left out\n"


def test_a_name_that_cloudformation_makes_up_is_left_out_and_said(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    status, changes, err = review(template(Api=repository(None)), "--against", "live")
    assert (status, changes) == (0, [])
    assert err == (
        "ecr-constructs: note: the name of repository Main/Api is known at deployment alone: it is"
        " left out\n"
    )


def write_assembly(
    folder: Path, places: Mapping[str, tuple[str, str]], *, name: str | None = "api", **more: Any
) -> str:
    """Write an assembly with a repository in each of some stacks, at their places."""
    artifacts: dict[str, Any] = {}
    for stack, (account, region) in places.items():
        artifacts[stack] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/{region}",
            "properties": {"templateFile": f"{stack}.template.json"},
        }
        (folder / f"{stack}.template.json").write_text(
            json.dumps({"Resources": {"Api": repository(name), **more}}), encoding="utf-8"
        )
    manifest = {"version": "39.0.0", "artifacts": artifacts}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return str(folder)


def causes(folder: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Review an assembly against what is there; give the cause of each change."""
    assert run(["review", folder, "--against", "live", "--format", "json"]) == 0
    return [each["cause"] for each in json.loads(capsys.readouterr().out)["change"]]


#: A template as CloudFormation gives it back: in YAML where it was put up so.
DEPLOYED = json.dumps({"Resources": {"Api": repository("api")}})
DEPLOYED_IN_YAML = """
Resources:
  Api:
    Type: AWS::ECR::Repository
    Properties:
      RepositoryName: api
      ImageTagMutability: IMMUTABLE
      ImageScanningConfiguration: {ScanOnPush: true}
      EncryptionConfiguration: {EncryptionType: AES256}
"""


@pytest.mark.parametrize("deployed", [DEPLOYED, DEPLOYED_IN_YAML])
def test_what_a_deployment_leaves_alone_is_said_to_be_changed_by_hand(
    ecr: FakeEcr, tmp_path: Path, capsys: pytest.CaptureFixture[str], deployed: str
) -> None:
    folder = write_assembly(tmp_path, {"A": (ACCOUNT, REGION)})
    ecr.add("api", imageTagMutability="MUTABLE")
    ecr.stacks["A"] = deployed, {"Api": "api"}
    (cause,) = causes(folder, capsys)
    assert cause.endswith(
        "; somebody changed it by hand, as the template that is deployed says what the assembly"
        " says, so that a deployment leaves it alone"
    )


def test_what_a_deployment_leaves_alone_is_not_said_to_be_replaced(
    ecr: FakeEcr, tmp_path: Path, review: Review
) -> None:
    cache = RETAINED["Cache"]
    folder = write_assembly(tmp_path, {"A": (ACCOUNT, REGION)}, Cache=cache)
    ecr.add("api", encryptionConfiguration={"encryptionType": "KMS", "kmsKey": "k"})
    ecr.cache_rules = [{"ecrRepositoryPrefix": "quay", "upstreamRegistryUrl": "registry.k8s.io"}]
    deployed = {"Resources": {"Api": repository("api"), "Cache": cache}}
    ecr.stacks["A"] = json.dumps(deployed), {"Api": "api", "Cache": "quay"}
    assert [sentence for _, sentence in review(folder, "--against", "live")[1]] == [
        "api is another repository than the one declared, and holds no images of that one",
        "the pull through cache rule 'quay' is another than the one declared",
    ]


@pytest.mark.parametrize(
    "stacks",
    [
        {},
        {"A": (DEPLOYED.replace('"IMMUTABLE"', '"MUTABLE"'), {"Api": "api"})},
        {"A": ("{}", {"Api": "api"})},
    ],
)
def test_what_a_deployment_changes_is_not_said_to_be_changed_by_hand(
    ecr: FakeEcr,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    stacks: dict[str, tuple[str, dict[str, str]]],
) -> None:
    folder = write_assembly(tmp_path, {"A": (ACCOUNT, REGION)})
    ecr.add("api", imageTagMutability="MUTABLE")
    ecr.stacks = stacks
    (cause,) = causes(folder, capsys)
    assert "by hand" not in cause


def test_a_default_that_is_no_longer_written_out_replaces_what_is_there(
    ecr: FakeEcr, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which of the two was deployed no registry tells; the template that is deployed does."""
    folder = write_assembly(tmp_path, {"A": (ACCOUNT, REGION)})
    ecr.add("api")
    bare = {"Resources": {"Api": repository("api", EncryptionConfiguration=None)}}
    ecr.stacks["A"] = json.dumps(bare), {"Api": "api"}
    (cause,) = causes(folder, capsys)
    assert cause.startswith("EncryptionConfiguration is written out where it was not before")
    # What is there replaces nothing.
    assert run(["review", "--live", "--against", folder, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["change"] == []


def test_a_setting_of_the_registry_that_a_deployment_changes_may_be_the_cause(
    ecr: FakeEcr, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who may pull an unchanged repository changes with the registry policy, too."""
    document = policy(statement({"AWS": OTHER}, Resource="*"))
    setting = {"Type": "AWS::ECR::RegistryPolicy", "Properties": {"PolicyText": document}}
    folder = write_assembly(tmp_path, {"A": (ACCOUNT, REGION)}, Setting=setting)
    ecr.add("api")
    ecr.stacks["A"] = DEPLOYED, {"Api": "api"}
    (cause,) = causes(folder, capsys)
    assert "by hand" not in cause


def test_a_name_that_cloudformation_made_up_is_asked_for(
    ecr: FakeEcr, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_assembly(tmp_path, {"A": (ACCOUNT, REGION)}, name=None)
    ecr.add("a-api-1a2b3c", imageTagMutability="MUTABLE")
    nameless = json.dumps({"Resources": {"Api": repository(None)}})
    ecr.stacks["A"] = nameless, {"Other": "x", "Api": "a-api-1a2b3c"}
    (cause,) = causes(folder, capsys)
    assert "by hand" in cause


def test_a_template_that_is_none_is_said(
    ecr: FakeEcr, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_assembly(tmp_path, {"A": (ACCOUNT, REGION)})
    ecr.add("api")
    ecr.stacks["A"] = "just text", {"Api": "api"}
    assert run(["review", folder, "--against", "live"]) == 0
    assert "must be an object, got another for stack 'A'" in capsys.readouterr().err


def test_without_permission_to_ask_cloudformation_a_note_says_so(
    ecr: FakeEcr, tmp_path: Path, review: Review
) -> None:
    folder = write_assembly(tmp_path, {"A": (ACCOUNT, REGION)})
    ecr.add("api", imageTagMutability="MUTABLE")
    ecr.fail("GetTemplate", "AccessDenied")
    status, changes, err = review(folder, "--against", "live")
    assert (status, [kind for kind, _ in changes]) == (0, ["strengthened"])
    assert err.startswith(
        "ecr-constructs: note: what was changed by hand cannot be told apart: the credentials must"
        " allow cloudformation:GetTemplate on stack 'A', got AccessDenied (no); attach"
    )


def test_every_region_of_the_account_is_compared_and_the_rest_is_said(
    ecr: FakeEcr, tmp_path: Path, review: Review
) -> None:
    places = {"A": (ACCOUNT, "eu-west-1"), "B": (ACCOUNT, "eu-central-1"), "C": ("2" * 12, REGION)}
    write_assembly(tmp_path, places)
    ecr.add("api", imageTagMutability="MUTABLE")
    _, changes, err = review(str(tmp_path), "--against", "live")
    assert len(changes) == 2
    assert err == (
        f"ecr-constructs: note: the registry of account {'2' * 12} in {REGION} was not read: it is"
        " left out\n"
    )
    _, changes, _ = review(str(tmp_path), "--against", "live", "--region", "eu-central-1")
    assert len(changes) == 1
    status, _, err = review(str(tmp_path), "--against", "live", "--region", "us-east-1")
    assert status == 2
    assert f"of account {ACCOUNT} in us-east-1, which the credentials are of, got " in err


def test_what_the_aws_cli_printed_stands_for_what_is_there(
    template: Callable[..., str], review: Review, tmp_path: Path
) -> None:
    arn = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/web"
    outputs: list[dict[str, Any]] = [
        {"repositories": [{"repositoryArn": arn, "repositoryName": "web"}]},
        {"registryId": ACCOUNT, "replicationConfiguration": {"rules": []}},
        {"scanningConfiguration": {"scanType": "BASIC", "rules": []}},
        {"pullThroughCacheRules": []},
        {"repositoryCreationTemplates": []},
        {"pullTimeUpdateExclusions": []},
    ]
    file = tmp_path / "printed.txt"
    file.write_text("\n".join(map(json.dumps, outputs)), encoding="utf-8")
    path = template(Api=repository("api"))
    _, changes, _ = review(path, "--against", "live", "--printed", str(file))
    assert ("harmless", "api is new") in changes
    assert "web" not in {word for _, sentence in changes for word in sentence.split()}


def test_refuses_credentials_of_another_account(
    ecr: FakeEcr, template: Callable[..., str], review: Review
) -> None:
    ecr.add("api")
    other = ("--account", "4" * 12)
    for sides in (["--live"], [template(Api=repository("api")), "--against", "live"]):
        status, _, err = review(*sides, *other)
        assert (status, f"of account {'4' * 12}, got ones of account {ACCOUNT}" in err) == (2, True)


def test_a_live_registry_is_reviewed(ecr: FakeEcr, capsys: pytest.CaptureFixture[str]) -> None:
    ecr.add("web", imageTagMutability="MUTABLE")
    assert run(["review", "--live", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["assembly"] == f"the live registry of account {ACCOUNT} in {REGION}"
    (registry,) = document["registries"]
    (repository_,) = registry["repositories"]
    assert repository_["name"] == "web"
    assert repository_["deletion"] == "not told"
    assert {each["logical_id"] for each in document["findings"]} == {"web"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "missing argument 'ASSEMBLY', or --live; see `ecr-constructs review --help`"),
        (["--live", "--against", "live"], "got the live registry twice; write --against OLDER"),
        (["--live", "cdk.out"], "got 'cdk.out' too; drop one of the two"),
        (["cdk.out", "--profile", "p"], "--profile must be of a live registry, got none"),
        (["--live", "--parameter", "A=b"], "--parameter must be of a template"),
    ],
)
def test_refuses_sides_that_do_not_go_together(
    review: Review, arguments: list[str], sentence: str
) -> None:
    status, _, err = review(*arguments)
    assert (status, err.count("\n"), sentence in err) == (2, 1, True)
