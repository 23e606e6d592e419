"""What a registry's settings add to a thousand repositories."""

from __future__ import annotations

import aws_cdk as cdk

from benchmarks.report import Row, best_of, show
from benchmarks.synth import ACCOUNTS, ENVIRONMENT, REPOSITORIES, ROUNDS, given, synthesise
from ecr_constructs import (
    GovernedRegistry,
    PullThroughCacheSecret,
    RegistryReference,
    Scanning,
    Upstream,
)


def settings(stack: cdk.Stack) -> GovernedRegistry:
    """Define a registry with five pull through caches and two destinations."""
    registry = GovernedRegistry(stack, "Registry", scanning=Scanning.basic(on_push=["*"]))
    secret = PullThroughCacheSecret(stack, "DockerHub", name="docker-hub")
    registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret)
    for upstream in (Upstream.ecr_public(), Upstream.kubernetes(), Upstream.quay()):
        registry.add_pull_through_cache(upstream)
    registry.add_pull_through_cache(Upstream.ecr(ACCOUNTS[0], "eu-west-1"))
    for account in ACCOUNTS:
        registry.replicate_to(
            RegistryReference(account, "eu-central-1"), repository_filters=["team/"]
        )
    return registry


def whole_registry(repositories: int) -> None:
    """Build and synthesise a registry with its settings and its repositories."""
    app = cdk.App(context={"@aws-cdk/core:stackResourceLimit": 0})
    stack = cdk.Stack(app, "Stack", env=ENVIRONMENT)
    settings(stack)
    for number in range(repositories):
        given(stack, number)
    app.synth()


def main() -> bool:
    """Measure and print; return whether the limit holds.

    The two take turns more often than the other cases, as the difference is small.
    """
    whole_registry(10)  # loads what CDK loads lazily
    alone, whole = best_of(
        2 * ROUNDS,
        {
            "alone": lambda: synthesise(given, REPOSITORIES),
            "whole": lambda: whole_registry(REPOSITORIES),
        },
    ).values()
    rows = [
        Row("repositories alone", alone),
        Row("and five caches, two destinations, scanning", whole, whole / alone, 1.05),
    ]
    return show(f"a registry of {REPOSITORIES:,} repositories, build and synth", rows)
