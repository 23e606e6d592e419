"""What is signed on behalf of one part of an app, and who may sign it.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_signer as signer

from ecr_constructs.constructs.contributor import Contribution, RegistryContributor
from ecr_constructs.constructs.parameters import has
from ecr_constructs.constructs.signing import OWN_PROFILE
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import Problem, problem_at, refuse
from ecr_constructs.model.repository_filter import as_filters
from ecr_constructs.model.signing import SigningRule
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.model.words import shown


@final
class ImageSigning:
    """What is signed as it is pushed; made by ``sign_images``.

    It is no construct: the configuration and the registry's own profile lie below
    the registry's owner, and may do so later than this is made.

    Args:
        registry: What asked for it.
        rule: What is signed, and with which profile.
    """

    def __init__(self, registry: RegistryContributor, rule: SigningRule) -> None:
        self._registry = registry
        self._rule = rule

    @property
    def repository_filters(self) -> tuple[Text, ...] | None:
        """The filters of the repositories; None for every one."""
        return self._rule.repository_filters

    def allow_signing(self, *grantees: iam.IGrantable) -> None:
        """Allow identities to sign what they push: ``signer:SignPayload`` on the profile.

        Whoever is granted pushing with ``grant_push`` or ``grant_pull_push`` to a
        repository of this app that is signed has it already. This is for those who
        were allowed to push elsewhere.

        Args:
            grantees: Roles, users, and what has one, such as a CodeBuild project; or
                a whole account. The registry's own profile allows another account
                as well; a profile that was given does so where it is defined, with
                ``AWS::Signer::ProfilePermission``.

        Raises:
            ConfigurationError: If one is nobody whom anything could be written for.
        """
        for grantee in grantees:
            refuse(_grantee_problems(grantee), path=self._registry.path)
            contribution = _allow(self._rule, grantee, self._registry.path)
            self._registry.contribute("allow_signing(...)", contribution)


def sign(
    registry: RegistryContributor,
    repository_filters: Iterable[str] | None,
    signing_profile: signer.ISigningProfile | str | None,
) -> ImageSigning:
    """Contribute a signing rule to a registry; see ``sign_images``."""
    path = registry.path
    refuse(_profile_problems(signing_profile, registry.place), path=path)
    rule = SigningRule(
        signing_profile_arn=_arn(signing_profile),
        repository_filters=None if repository_filters is None else as_filters(repository_filters),
    )
    registry.contribute("sign_images(...)", lambda settings: settings.signing.add(rule, by=path))
    return ImageSigning(registry, rule)


def _allow(rule: SigningRule, grantee: iam.IGrantable, by: str) -> Contribution:
    return lambda settings: settings.signing.allow(rule, grantee, by=by)


def _grantee_problems(grantee: object) -> Iterator[Problem]:
    if not has(grantee, "grant_principal"):
        yield problem_at(
            "grantees",
            f"whoever may sign must be one of CDK's principals, got {shown(grantee)}",
            "write iam.Role.from_role_arn(scope, id, '<ARN>')",
        )


def _arn(signing_profile: signer.ISigningProfile | str | None) -> Text:
    if signing_profile is None:
        return OWN_PROFILE
    if isinstance(signing_profile, str):
        return signing_profile
    return signing_profile.signing_profile_arn


def _profile_problems(signing_profile: object, place: Place) -> Iterator[Problem]:
    if signing_profile is None or isinstance(signing_profile, str):
        return
    if not hasattr(signing_profile, "signing_profile_arn"):
        yield problem_at(
            "signing_profile",
            f"signing_profile must be a signing profile or its ARN, got {signing_profile!r}",
            "leave it out: the registry makes a profile",
        )
        return
    region = getattr(getattr(signing_profile, "env", None), "region", None)
    if is_known(region) and is_known(place.region) and region != place.region:
        yield problem_at(
            "signing_profile",
            f"signing_profile must be a profile in the registry's Region {place.region!r}, got one"
            f" of {region!r}",
            f"make a profile in {place.region!r}, or leave it out",
        )
