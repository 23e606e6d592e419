"""Generated repositories that Amazon ECR takes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from tests.model import lifecycle_strategies, policy_strategies

from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.tag_mutability import TagMutability

KEY = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"

#: DeletionPolicy and UpdateReplacePolicy, as CDK writes them for a removal policy.
REMOVALS = [("Retain", "Retain"), ("RetainExceptOnCreate", "Retain"), ("Delete", "Delete")]


def names() -> st.SearchStrategy[str]:
    """A repository's name."""
    word = st.text("abz059", min_size=1, max_size=4)
    part = st.builds("{}{}{}".format, word, st.sampled_from(["-", "--", ".", "_", "__"]), word)
    joined = st.lists(word | part, min_size=1, max_size=3).map("/".join)
    return joined.filter(lambda name: len(name) >= 2)


def mutabilities() -> st.SearchStrategy[tuple[TagMutability, tuple[str, ...]]]:
    """A mode, and the filters that go with it."""
    filters = st.sampled_from(["latest", "dev-*", "*-rc", "a*b*", "V_1.0-x", "*"])
    several = st.lists(filters, min_size=1, max_size=5).map(tuple)
    return st.sampled_from(TagMutability).flatmap(
        lambda mode: st.tuples(st.just(mode), several if mode.takes_filters else st.just(()))
    )


def encryptions() -> st.SearchStrategy[Encryption]:
    """An encryption that exists in every partition."""
    return st.sampled_from(
        [Encryption(), Encryption(EncryptionType.KMS), Encryption(EncryptionType.KMS, KEY)]
    )


def tags() -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    """Resource tags."""
    text = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=5)
    keys = text.filter(lambda key: not key.lower().startswith("aws:"))
    return st.dictionaries(keys, text, max_size=4).map(lambda given: tuple(given.items()))


def exemptions() -> st.SearchStrategy[tuple[Exemption, ...]]:
    """Exemptions with a reason."""
    return st.lists(
        st.builds(
            Exemption,
            st.sampled_from(Control),
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=9).filter(str.strip),
            st.none() | st.dates(dt.date(2026, 1, 1)),
        ),
        max_size=4,
    ).map(tuple)


def known_policies() -> st.SearchStrategy[Policy]:
    """A policy without problems, of which everything is known."""

    def is_taken(statement: Statement) -> bool:
        policy = Policy.of(statement)
        return "${" not in policy.to_json() and not policy.problems()

    statements = policy_strategies.statements().filter(is_taken)
    several = st.lists(statements, max_size=5, unique_by=lambda s: s.sid or object())
    return several.map(lambda chosen: Policy(tuple(chosen)))


@st.composite
def repositories(draw: st.DrawFn, policies: st.SearchStrategy[Policy] | None = None) -> Repository:
    """A repository without problems.

    Args:
        draw: Given by hypothesis.
        policies: What its policy is drawn from. Default: policies of which parts are unknown too.
    """
    policies = policy_strategies.policies() if policies is None else policies
    mode, filters = draw(mutabilities())
    deletion, update_replace = draw(st.sampled_from(REMOVALS))
    given: dict[str, Any] = {
        "repository_name": draw(st.none() | names()),
        "image_tag_mutability": mode,
        "exclusion_filters": filters,
        "scan_on_push": draw(st.booleans()),
        "encryption": draw(encryptions()),
        "lifecycle_policy": draw(st.none() | lifecycle_strategies.policies()),
        "repository_policy": draw(st.none() | policies),
        "tags": draw(tags()),
        "empty_on_delete": deletion == "Delete" and draw(st.booleans()),
        "deletion_policy": deletion,
        "update_replace_policy": update_replace,
        "exemptions": draw(exemptions()),
    }
    return Repository(**given)
