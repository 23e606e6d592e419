"""The examples in the documentation are tests: README, docs and docstrings are executed."""

from __future__ import annotations

from typing import Any

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection


def _constructs(namespace: dict[str, Any]) -> None:
    """Give the constructs' docstrings what they use, so that they show what matters."""
    import aws_cdk as cdk
    from aws_cdk import aws_iam as iam

    import ecr_constructs

    namespace.update({name: getattr(ecr_constructs, name) for name in ecr_constructs.__all__})
    stack = cdk.Stack(cdk.App(), "Stack")
    role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    registry = ecr_constructs.GovernedRegistry(cdk.Stack(stack, "Platform"), "Registry")
    cache = registry.add_pull_through_cache(ecr_constructs.Upstream.ecr_public())
    namespace.update(cdk=cdk, stack=stack, role=role, registry=registry, cache=cache)


_MARKDOWN = Sybil(
    parsers=[PythonCodeBlockParser()], patterns=["README.md", "docs/*.md", "docs/**/*.md"]
)
_DOCSTRINGS = Sybil(
    parsers=[DocTestParser()],
    patterns=["src/**/*.py"],
    excludes=["src/ecr_constructs/constructs/*.py"],
)
_CONSTRUCTS = Sybil(
    parsers=[DocTestParser()], patterns=["src/ecr_constructs/constructs/*.py"], setup=_constructs
)

pytest_collect_file = SybilCollection((_MARKDOWN, _DOCSTRINGS, _CONSTRUCTS)).pytest()
