"""`ecr-constructs access`: what the commands print, and what they refuse."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecr_constructs.cli.access import _context as context_of
from ecr_constructs.cli.main import run

OWNER, OTHER = "111111111111", "222222222222"
REMOTE = f"arn:aws:iam::{OTHER}:role/Deploy"
BUILD = f"arn:aws:iam::{OWNER}:role/Build"
ORGANIZATION = "o-a1b2c3d4e5"
TEMPLATE = {
    "Resources": {
        "Api": {
            "Type": "AWS::ECR::Repository",
            "Properties": {
                "RepositoryName": "payments/api",
                "RepositoryPolicyText": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "Other",
                            "Effect": "Allow",
                            "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
                            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                        },
                        {
                            "Effect": "Allow",
                            "Principal": "*",
                            "Action": "ecr:PutImage",
                            "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
                        },
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "ecr:*",
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        },
                    ],
                },
            },
        }
    }
}
SECURE = ("--context", "aws:SecureTransport=true")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="access")
def _access(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run an access command on the template; account and Region are told unless given."""
    path = tmp_path / "template.json"
    path.write_text(json.dumps(TEMPLATE), encoding="utf-8")

    def ask(*arguments: str, place: bool = True) -> tuple[int, str, str]:
        where = ("--account", OWNER, "--region", "eu-west-1") if place else ()
        status = run(["access", *arguments, *where, str(path)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return ask


def can(principal: str, action: str = "ecr:BatchGetImage", *more: str) -> tuple[str, ...]:
    return (
        "can",
        "--principal",
        principal,
        "--action",
        action,
        "--repository",
        "payments/api",
        *more,
    )


def as_json(access: Run, *arguments: str) -> dict[str, Any]:
    status, out, err = access(*arguments, "--format", "json")
    assert (status, err) == (0, "")
    document: dict[str, Any] = json.loads(out)
    return document


def test_an_allow_names_its_statement(access: Run) -> None:
    document = as_json(access, *can(REMOTE, "ecr:BatchGetImage", *SECURE))
    assert list(document) == ["decision", "statements", "unmet_conditions", "assumptions"]
    assert document["decision"] == "allow"
    (placed,) = document["statements"]
    assert (placed["source"], placed["name"], placed["index"], placed["sid"]) == (
        "repository policy",
        "payments/api",
        0,
        "Other",
    )
    assert document["unmet_conditions"] == []
    assert document["assumptions"]


def test_a_decision_that_depends_names_the_key(access: Run) -> None:
    document = as_json(access, *can(REMOTE, "ecr:PutImage"))
    assert document["decision"] == "conditional"
    assert [each["key"] for each in document["unmet_conditions"]] == [
        "aws:PrincipalOrgID",
        "aws:SecureTransport",
    ]


@pytest.mark.parametrize(
    ("context", "decision"),
    [
        (["aws:PrincipalOrgID=o-a1b2c3d4e5", "aws:SecureTransport=true"], "allow"),
        (["AWS:principalorgid=o-a1b2c3d4e5", "aws:SecureTransport=TRUE"], "allow"),
        (["aws:PrincipalOrgID=o-zzzzzzzzzz", "aws:SecureTransport=true"], "deny"),
        (["aws:PrincipalOrgID=", "aws:SecureTransport=true"], "deny"),
        (["aws:PrincipalOrgID=o-a1b2c3d4e5", "aws:SecureTransport=false"], "deny"),
    ],
)
def test_context_is_taken_from_the_options(context: list[str], decision: str, access: Run) -> None:
    """Whatever the answer, the exit status is 0."""
    options = [part for pair in context for part in ("--context", pair)]
    assert as_json(access, *can(REMOTE, "ecr:PutImage", *options))["decision"] == decision


def test_a_key_may_have_several_values_and_equals_signs(access: Run) -> None:
    keys = ("--context", "aws:TagKeys=a=b", "--context", "aws:TagKeys=c", *SECURE)
    assert as_json(access, *can(REMOTE, "ecr:BatchGetImage", *keys))["decision"] == "allow"


@pytest.mark.parametrize(
    ("pairs", "values"),
    [
        (None, {}),
        (["aws:A=x", "AWS:a=y"], {"aws:a": ["x", "y"]}),
        (["aws:A="], {"aws:a": []}),
        (["aws:A=", "aws:A=x"], {"aws:a": ["x"]}),
        (["aws:A=x=y:z"], {"aws:a": ["x=y:z"]}),
    ],
)
def test_an_empty_value_is_none(pairs: list[str] | None, values: dict[str, list[str]]) -> None:
    assert context_of(pairs) == values


STATEMENT = {"Effect": "Allow", "Action": "ecr:BatchGetImage", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT]}


@pytest.mark.parametrize(
    "document",
    [
        POLICY,
        {"RoleName": "Build", "PolicyName": "Pull", "PolicyDocument": POLICY},
        {"PolicyVersion": {"Document": POLICY, "VersionId": "v1", "IsDefaultVersion": True}},
    ],
    ids=["document", "get-role-policy", "get-policy-version"],
)
def test_an_identity_policy_is_read_from_a_file(
    document: object, access: Run, tmp_path: Path
) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    given = ("--identity-policy", str(path), *SECURE)
    assert as_json(access, *can(BUILD, "ecr:BatchGetImage", *given))["decision"] == "allow"
    assert as_json(access, *can(BUILD, "ecr:BatchDeleteImage", *given))["decision"] == "deny"
    without = as_json(access, *can(BUILD, "ecr:BatchDeleteImage", *SECURE))
    assert without["decision"] == "conditional"


def test_an_identity_policy_is_read_from_standard_input(
    access: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(POLICY).encode())))
    given = ("--identity-policy", "-", *SECURE)
    assert as_json(access, *can(BUILD, "ecr:BatchGetImage", *given))["decision"] == "allow"


def test_without_a_place_the_account_is_a_gap(access: Run) -> None:
    status, out, _ = access(
        *can(BUILD, "ecr:BatchGetImage", *SECURE, "--format", "json"), place=False
    )
    assert status == 0
    assert json.loads(out)["decision"] == "conditional"


def test_who_can_lists_principals(access: Run) -> None:
    question = ("who-can", "--repository", "payments/api", *SECURE, "--action")
    document = as_json(access, *question, "ecr:PutImage")
    assert list(document) == ["principals"]
    (row,) = document["principals"]
    assert list(row) == ["principal", "decision", "statements"]
    assert (row["principal"], row["decision"]) == ("*", "conditional")
    pull = as_json(access, *question, "ecr:BatchGetImage")["principals"]
    assert [(each["principal"], each["decision"]) for each in pull] == [
        (f"arn:aws:iam::{OTHER}:root", "allow")
    ]
    assert as_json(access, *question, "ecr:BatchDeleteImage") == {"principals": []}


def test_a_table_for_people_says_why(access: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    status, out, err = access(*can(REMOTE, "ecr:PutImage"))
    assert (status, err) == (0, "")
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[:10] == [
        f"conditional {REMOTE} ecr:PutImage payments/api",
        "  depends on aws:PrincipalOrgID and aws:SecureTransport",
        "decided by",
        (
            "  repository policy payments/api, statement 2: allows anyone to do ecr:PutImage if"
            " aws:PrincipalOrgID is 'o-a1b2c3d4e5'"
        ),
        (
            "  repository policy payments/api, statement 3: denies anyone to do everything if"
            " aws:SecureTransport is 'false'"
        ),
        "not met",
        "  aws:PrincipalOrgID is 'o-a1b2c3d4e5' [unknown]",
        "  aws:SecureTransport is 'false' [unknown]",
        "assumed",
        f"  an identity policy of role Deploy of account {OTHER} allows ecr:PutImage",
    ]


def test_a_policy_that_is_not_known_has_no_statement_to_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = json.loads(json.dumps(TEMPLATE))
    template["Parameters"] = {"Policy": {"Type": "String"}}
    template["Resources"]["Api"]["Properties"]["RepositoryPolicyText"] = {"Ref": "Policy"}
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    assert run(["access", *can(REMOTE), str(path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("conditional ")
    assert "repository policy payments/api is not known before deployment" in out


def test_a_list_for_people_counts(access: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    question = ("who-can", "--repository", "payments/api", "--action")
    _, out, _ = access(*question, "ecr:BatchGetImage", *SECURE)
    assert [line.rstrip() for line in out.splitlines()] == [
        f"allow arn:aws:iam::{OTHER}:root",
        (
            f"  repository policy payments/api, statement 1 (Other): allows account {OTHER} to pull"
            " (ecr:BatchGetImage, ecr:GetDownloadUrlForLayer)"
        ),
        "1 principal for ecr:BatchGetImage payments/api",
    ]
    _, nobody, _ = access(*question, "ecr:BatchDeleteImage")
    assert nobody.rstrip() == "no principals for ecr:BatchDeleteImage payments/api"


def test_markup_in_a_policy_stays_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "template.json"
    path.write_text(json.dumps(TEMPLATE).replace("Other", "[red]Other[/nothing]"), encoding="utf-8")
    place = ["--account", OWNER, "--region", "eu-west-1"]
    assert run(["access", *can(REMOTE), *place, str(path)]) == 0
    assert "[red]Other[/nothing]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (can("Deploy"), "principal must be the ARN of a role, user, session or account"),
        (can(REMOTE, "ecr:PutImages"), "got 'ecr:PutImages'; did you mean 'ecr:PutImage'"),
        (
            ("can", "--principal", REMOTE, "--action", "ecr:PutImage", "--repository", "payments"),
            "one of the assembly's 1, got 'payments'; did you mean 'payments/api'",
        ),
        (
            can(REMOTE, "ecr:PutImage", "--context", "aws:SourceIp"),
            (
                "--context must be KEY=VALUE, got 'aws:SourceIp'; write for example --context"
                " aws:SourceIp=203.0.113.7"
            ),
        ),
        (
            can(REMOTE, "ecr:PutImage", "--context", "PrincipalOrgID=o-1"),
            (
                "--context must name a condition key with its prefix, got 'PrincipalOrgID'; write"
                " for example --context aws:PrincipalOrgID=o-1"
            ),
        ),
        (can(REMOTE, "ecr:PutImage", "--identity-policy", "no.json"), "'no.json' cannot be read"),
        (("can", "--principal", REMOTE), "missing option '--action'"),
        (("who-can", "--action", "ecr:PutImage"), "missing option '--repository'"),
        (("who-can", "--action", "ecr:Pull", "--repository", "payments/api"), "got 'ecr:Pull';"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    arguments: tuple[str, ...], sentence: str, access: Run
) -> None:
    status, out, err = access(*arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "an identity policy must be JSON, got what is none"),
        ("[]", "a policy must be an object with 'Statement', got []"),
        ('{"Statement": {"Effect": "Yes"}}', "Effect must be 'Allow' or 'Deny', got 'Yes'"),
    ],
)
def test_an_identity_policy_that_is_none_is_one_line_with_the_file(
    text: str, sentence: str, access: Run, tmp_path: Path
) -> None:
    path = tmp_path / "policy.json"
    path.write_text(text, encoding="utf-8")
    status, out, err = access(*can(BUILD, "ecr:PutImage", "--identity-policy", str(path)))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err
    assert f"[{path}]" in err


def test_json_loads_neither_rich_nor_cdk(tmp_path: Path) -> None:
    path = tmp_path / "template.json"
    path.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    arguments = ["access", *can(REMOTE), "--format", "json", str(path)]
    script = (
        f"import sys; from ecr_constructs.cli.main import run; run({arguments!r});"
        " sys.exit(any(m in sys.modules for m in ('aws_cdk', 'jsii', 'boto3', 'rich.table')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [(), ("can",), ("who-can",)], ids=" ".join)
def test_help_teaches_with_a_whole_sentence(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["access", *command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage: ")
    assert shown.split("\n\n")[1].strip().endswith(".")
