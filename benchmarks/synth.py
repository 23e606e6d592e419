"""What a thousand repositories cost: construction and synthesis, beside CDK's own L2.

Each repository has three lifecycle rules and lets two other accounts pull. The
peer is the L2 written by hand to the same effect; the floor is the L1 with
everything given at once, which is what CDK itself needs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from benchmarks.report import Row, best_of, show
from ecr_constructs import (
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Policy,
    Principal,
    Principals,
    Statement,
)
from ecr_constructs.service import actions

REPOSITORIES = 1000
ROUNDS = 3
ACCOUNTS = ("222222222222", "333333333333")
ENVIRONMENT = cdk.Environment(account="111111111111", region="eu-west-1")


def synthesise(build: Callable[[cdk.Stack, int], object], repositories: int) -> None:
    """Build an app of one stack and synthesise it."""
    app = cdk.App(context={"@aws-cdk/core:stackResourceLimit": 0})
    stack = cdk.Stack(app, "Stack", env=ENVIRONMENT)
    for number in range(repositories):
        build(stack, number)
    app.synth()


def l2_by_hand(stack: cdk.Stack, number: int) -> None:
    repository = ecr.Repository(
        stack,
        f"R{number}",
        repository_name=f"team/r{number}",
        image_tag_mutability=ecr.TagMutability.IMMUTABLE,
        image_scan_on_push=True,
        encryption=ecr.RepositoryEncryption.AES_256,
    )
    repository.add_lifecycle_rule(
        tag_status=ecr.TagStatus.UNTAGGED, max_image_age=cdk.Duration.days(7)
    )
    repository.add_lifecycle_rule(tag_pattern_list=["v*"], max_image_count=50)
    repository.add_lifecycle_rule(tag_pattern_list=["pr-*"], max_image_age=cdk.Duration.days(30))
    for account in ACCOUNTS:
        repository.grant_pull(iam.AccountPrincipal(account))


def rules() -> LifecyclePolicy:
    return LifecyclePolicy.of(
        LifecycleRule.expire_untagged(older_than_days=7),
        LifecycleRule.keep_newest(50, tag_patterns=["v*"]),
        LifecycleRule.expire(older_than_days=30, tag_patterns=["pr-*"]),
    )


def policy() -> Policy:
    return Policy.of(
        Statement(
            principals=tuple(Principal("AWS", account) for account in ACCOUNTS),
            actions=tuple(actions.PULL),
        )
    )


def given(stack: cdk.Stack, number: int) -> None:
    GovernedRepository(
        stack,
        f"R{number}",
        repository_name=f"team/r{number}",
        lifecycle_policy=rules(),
        repository_policy=policy(),
    )


def allowed(stack: cdk.Stack, number: int) -> None:
    repository = GovernedRepository(
        stack, f"R{number}", repository_name=f"team/r{number}", lifecycle_policy=rules()
    )
    for account in ACCOUNTS:
        repository.allow_pull(Principals.account(account))


def granted(stack: cdk.Stack, number: int) -> None:
    repository = GovernedRepository(
        stack, f"R{number}", repository_name=f"team/r{number}", lifecycle_policy=rules()
    )
    for account in ACCOUNTS:
        repository.grant_pull(iam.AccountPrincipal(account))


def l1(stack: cdk.Stack, number: int) -> None:
    repository = ecr.CfnRepository(
        stack,
        f"R{number}",
        repository_name=f"team/r{number}",
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration=ecr.CfnRepository.ImageScanningConfigurationProperty(
            scan_on_push=True
        ),
        encryption_configuration=ecr.CfnRepository.EncryptionConfigurationProperty(
            encryption_type="AES256"
        ),
        lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(
            lifecycle_policy_text=rules().to_json()
        ),
        repository_policy_text=policy().to_cfn(),
    )
    repository.apply_removal_policy(cdk.RemovalPolicy.RETAIN)


def typescript(repositories: int) -> float:
    """Return the seconds that the L2 takes in Node itself, without Python and jsii."""
    with tempfile.TemporaryDirectory() as folder:
        # The Python packages carry the JavaScript that jsii runs: the peer is the same release.
        site = Path(cdk.__file__).parents[1]
        archives = [*site.glob("aws_cdk/**/_jsii/*.tgz"), *site.glob("constructs/_jsii/*.tgz")]
        for archive in archives:
            with tarfile.open(archive) as tar:
                tar.extractall(Path(folder) / "unpacked", filter="data")
            package = Path(folder) / "unpacked" / "package"
            name = json.loads((package / "package.json").read_text(encoding="utf-8"))["name"]
            home = Path(folder) / "node_modules" / name
            home.parent.mkdir(parents=True, exist_ok=True)
            package.rename(home)
        script = Path(folder) / "l2.cjs"
        script.write_text(Path(__file__).with_name("l2.cjs").read_text(encoding="utf-8"))
        done = subprocess.run(
            [os.environ.get("JSII_NODE", "node"), str(script), str(repositories)],
            check=True,
            capture_output=True,
            text=True,
            cwd=folder,
        )
        return float(done.stdout.split()[-1])


def start_up() -> list[Row]:
    """Return what importing the package and asking the command line for help take."""
    rows = []
    for name, command in (
        ("python -c 'pass'", ["-c", "pass"]),
        ("import ecr_constructs", ["-c", "import ecr_constructs"]),
        ("ecr-constructs --help", ["-m", "ecr_constructs", "--help"]),
    ):
        seconds = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], check=True, capture_output=True)
            seconds.append(time.perf_counter() - start)
        rows.append(Row(name, min(seconds)))
    return rows


def main() -> bool:
    """Measure and print; return whether all limits hold."""
    cases = {
        "L2 by hand, Python (the peer)": l2_by_hand,
        "GovernedRepository, policy given": given,
        "GovernedRepository, allow_pull": allowed,
        "GovernedRepository, grant_pull": granted,
        "CfnRepository with everything (the floor)": l1,
    }
    synthesise(given, 10)  # loads what CDK loads lazily
    seconds = best_of(
        ROUNDS,
        {name: (lambda c=case: synthesise(c, REPOSITORIES)) for name, case in cases.items()},
    )
    peer, *_ = seconds.values()
    limits = dict(zip(seconds, (None, 0.5, 0.5, 1.0, None), strict=True))
    rows = [Row(name, s, s / peer, limits[name]) for name, s in seconds.items()]
    rows.append(Row("L2 by hand, TypeScript", (node := typescript(REPOSITORIES)), node / peer))
    fine = show(f"{REPOSITORIES:,} repositories, build and synth", rows)

    show("start-up", start_up())
    return fine
