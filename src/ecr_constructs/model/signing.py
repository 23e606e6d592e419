"""Which pushed images are signed, and with which signing profile.

Layer: model; imports ``errors`` and ``service`` only.

Sources: the schema of ``AWS::ECR::SigningConfiguration`` in the CloudFormation registry,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ecr_constructs.model import wildcard
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.repository_filter import (
    ROOT,
    FilterType,
    as_filters,
    filter_problems,
    filters_from_api,
    filters_from_cfn,
    filters_to_cfn,
    matches_any,
    ordered_filters,
)
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import limits, patterns
from ecr_constructs.service.partitions import partition_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRule:
    """Which images are signed with one profile.

    Attributes:
        signing_profile_arn: The AWS Signer profile, in the registry's Region; it
            may be another account's. Without a version.
        repository_filters: 1 to 100 filters, each of which matches the whole
            name; None for every repository.
    """

    signing_profile_arn: Text
    repository_filters: tuple[Text, ...] | None = None

    def __post_init__(self) -> None:
        if self.repository_filters is not None:
            object.__setattr__(self, "repository_filters", as_filters(self.repository_filters))

    def signs(self, repository_name: Text | None) -> bool | None:
        """Tell whether images pushed to a repository are signed; None where it cannot be told."""
        if self.repository_filters is None:
            return True
        return matches_any(FilterType.WILDCARD_MATCH, self.repository_filters, repository_name)

    def problems(
        self, *, region: Text | None, pull_through_prefixes: Iterable[Text] = ()
    ) -> Iterator[Problem]:
        """Yield what ECR or CloudFormation would refuse, and what it cannot do."""
        yield from _profile_problems(self.signing_profile_arn, region)
        filters = self.repository_filters
        if filters is not None:
            if not filters:
                yield problem_at(
                    "repository_filters",
                    f"repository_filters must be 1 to {limits.SIGNING_FILTERS} filters, got none",
                    "leave the list out to sign in every repository, or drop the rule",
                )
            yield from filter_problems(FilterType.WILDCARD_MATCH, filters)
        overlapping = [str(prefix) for prefix in pull_through_prefixes if _meets(filters, prefix)]
        if overlapping:
            yield problem_at(
                "repository_filters",
                "a signing rule signs what somebody pushes, which nobody does with an image that is"
                f" pulled through a cache, got {_words(filters)}, which takes repositories of the"
                f" cache {', '.join(map(repr, overlapping))}",
                "write filters for the namespaces of your own images",
                severity=Severity.WARNING,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """The signing configuration of a registry.

    Images are signed as they are pushed, in the name of whoever pushes, who
    needs ``signer:SignPayload`` on the profile. Where several rules take a
    repository, each image gets several signatures.

    Attributes:
        rules: At most 10.
        origin: Where it was read from; no part of its value.
    """

    rules: tuple[SigningRule, ...] = ()
    origin: Origin | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(self.rules))

    @classmethod
    def of(cls, *rules: SigningRule) -> Signing:
        """Return a configuration of these rules."""
        return cls(rules=rules)

    def problems(
        self, *, region: Text | None = None, pull_through_prefixes: Iterable[Text] = ()
    ) -> list[Problem]:
        """Return what ECR or CloudFormation would refuse, and what it cannot do.

        Args:
            region: The registry's Region. Default: not known.
            pull_through_prefixes: The prefixes of the registry's pull through
                cache rules, whose images nobody pushes and so nobody signs.
        """
        prefixes = list(pull_through_prefixes)
        problems = list(self._whole_problems(region))
        for index, rule in enumerate(self.rules):
            problems += (
                p.below(f"rules[{index}]")
                for p in rule.problems(region=region, pull_through_prefixes=prefixes)
            )
        return problems

    def normalise(self) -> Signing:
        """Return the configuration in the one form of its meaning; idempotent.

        Rules with the same profile stay apart, as each makes a signature.
        """
        rules = (
            replace(
                rule,
                repository_filters=None
                if rule.repository_filters is None
                else ordered_filters(rule.repository_filters),
            )
            for rule in self.rules
        )
        return replace(self, rules=tuple(sorted(rules, key=_rule_key)))

    def to_cfn(self) -> dict[str, Any]:
        """Return the ``Properties`` of ``AWS::ECR::SigningConfiguration``."""
        return {"Rules": [_rule_to_cfn(rule) for rule in self.rules]}

    @classmethod
    def from_cfn(cls, resource: Mapping[str, Any], origin: Origin) -> tuple[Signing, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        Args:
            resource: The resource's ``Properties``.
            origin: Where it stands.

        Returns:
            The configuration, and what is malformed: such a value is left unknown.
        """
        fields = Fields(resource.get("Properties"))
        rules = tuple(
            SigningRule(
                signing_profile_arn=each.text("SigningProfileArn") or "",
                repository_filters=filters_from_cfn(
                    FilterType.WILDCARD_MATCH, each, f"Properties.Rules[{index}]"
                )
                if each.has("RepositoryFilters")
                else None,
            )
            for index, each in enumerate(fields.each("Rules"))
        )
        return cls(rules=rules, origin=origin), fields.problems

    @classmethod
    def from_api(cls, described: Mapping[str, Any]) -> Signing:
        """Read a live registry.

        Args:
            described: ``signingConfiguration`` of ``GetSigningConfiguration``.
        """
        return cls(
            rules=tuple(
                SigningRule(
                    signing_profile_arn=each["signingProfileArn"],
                    repository_filters=filters_from_api(each)
                    if "repositoryFilters" in each
                    else None,
                )
                for each in described.get("rules", ())
            )
        )

    def _whole_problems(self, region: Text | None) -> Iterator[Problem]:
        if region in limits.REGIONS_WITHOUT_SIGNING:
            yield problem_at(
                "signing",
                "signing must be in a Region that has AWS::ECR::SigningConfiguration, got"
                f" {str(region)!r}",
                "leave it out there, or sign before you push",
            )
        if len(self.rules) > limits.SIGNING_RULES:
            yield problem_at(
                "rules",
                f"a signing configuration must have at most {limits.SIGNING_RULES} rules, got"
                f" {len(self.rules)}",
                "unite the filters of rules with the same profile",
            )


def _profile_problems(arn: Text, region: Text | None) -> Iterator[Problem]:
    if not isinstance(arn, str) or not is_known(arn):
        return
    found = patterns.SIGNING_PROFILE_ARN.fullmatch(arn)
    if found is None or len(arn) > limits.SIGNING_PROFILE_ARN_MAX:
        yield problem_at(
            "signing_profile_arn",
            "signing_profile_arn must be the ARN of a signing profile without a version, of at most"
            f" {limits.SIGNING_PROFILE_ARN_MAX} characters, got {arn!r}",
            "write for example 'arn:aws:signer:eu-west-1:111122223333:/signing-profiles/Images'",
        )
        return
    if not isinstance(region, str) or not is_known(region):
        return
    if found["region"] != region:
        yield problem_at(
            "signing_profile_arn",
            f"signing_profile_arn must be a profile in the registry's Region {region!r}, got"
            f" {arn!r}",
            f"make a profile in {region!r}",
        )
    elif found["partition"] != partition_of(region):
        yield problem_at(
            "signing_profile_arn",
            f"signing_profile_arn must be in the partition {partition_of(region)!r} of"
            f" {region!r}, got {arn!r}",
            f"write 'arn:{partition_of(region)}:signer:...'",
        )


def _meets(filters: tuple[Text, ...] | None, prefix: Text) -> bool:
    """Tell whether a rule is known to take a repository that a cache rule covers."""
    if not isinstance(prefix, str) or not is_known(prefix):
        return False
    if filters is None:
        return True
    names = "*" if prefix == ROOT else f"{prefix.removesuffix('/')}/*"
    return any(
        isinstance(value, str) and is_known(value) and wildcard.overlap(value, names)
        for value in filters
    )


def _words(filters: tuple[Text, ...] | None) -> str:
    return "no filters" if filters is None else f"filters {', '.join(map(repr, map(str, filters)))}"


def _rule_key(rule: SigningRule) -> tuple[str, bool, list[str]]:
    filters = rule.repository_filters
    return str(rule.signing_profile_arn), filters is not None, list(map(str, filters or ()))


def _rule_to_cfn(rule: SigningRule) -> dict[str, Any]:
    document: dict[str, Any] = {"SigningProfileArn": rule.signing_profile_arn}
    if rule.repository_filters is not None:
        document["RepositoryFilters"] = filters_to_cfn(
            FilterType.WILDCARD_MATCH, rule.repository_filters
        )
    return document
