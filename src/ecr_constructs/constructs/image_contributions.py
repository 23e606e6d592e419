"""What any construct can have done to the images of a registry as they are pushed and pulled.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import aws_iam as iam
from aws_cdk import aws_signer as signer

from ecr_constructs.constructs.image_signing import ImageSigning, sign
from ecr_constructs.constructs.policy_contributions import PolicyContributions
from ecr_constructs.constructs.pull_time_exclusion import exclude
from ecr_constructs.model.arguments import tells_arguments


class ImageContributions(PolicyContributions):
    """What can be asked for images."""

    @tells_arguments()
    def sign_images(
        self,
        *,
        repository_filters: Iterable[str] | None = None,
        signing_profile: signer.ISigningProfile | str | None = None,
    ) -> ImageSigning:
        """Sign images as they are pushed from now on, with AWS Signer.

        Amazon ECR signs in the name of whoever pushes, who needs
        ``signer:SignPayload`` on the profile beside pushing. Identities that this
        app grants pushing, with ``grant_push`` or ``grant_pull_push`` from Python, to
        a repository that is signed get it, in any order of the calls, and another
        account is allowed by the registry's own profile; :meth:`ImageSigning.allow_signing`
        is for others. A push without it arrives, unsigned. Filters of one profile are
        united, so that it signs once; several profiles give several signatures.
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html

        Args:
            repository_filters: 1 to 100 filters, each of which must match the whole
                name, with ``*`` for any characters: ``"payments/*"``. What is pulled
                through a cache is pushed by nobody, and never signed. Default: every
                repository.
            signing_profile: A profile for container images in the registry's Region, or
                its ARN without a version; another account's is an ARN. Default: the
                registry's own, which it makes once, with Signer's default validity.

        Raises:
            ConfigurationError: If the registry's Region cannot sign, the profile is
                in another Region or stack, a filter is none, or there would be more
                than 10 rules.

        Example:
            >>> signing = registry.sign_images(repository_filters=["payments/*"])
        """
        return sign(self, repository_filters, signing_profile)

    @tells_arguments()
    def add_pull_time_update_exclusion(
        self,
        principal: iam.IRole | iam.IUser | str,
        *,
        reason: str,
        construct_id: str | None = None,
    ) -> None:
        """Let the pulls of a role not count as the last pull of an image.

        A scanner that pulls every image would else keep all of them out of the
        archive, as a lifecycle rule that counts the days since the last pull never
        acts. The exclusion lies below what asks for it, in its stack, and goes with
        it. It takes no owner of the registry.
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-time-update-exclusions.html

        Args:
            principal: The role, of this stack, or its ARN. Users are taken with a
                warning.
            reason: Why its pulls do not count. It is written into the resource's
                metadata, and the review shows it.
            construct_id: Its id. Part of the logical id. Default: made of the ARN, which
                identifies an exclusion, or of the path of a role of the app.

        Raises:
            ConfigurationError: If it is no role, is excluded already or lies in another
                stack, no reason is given, or there are more than 100 in a registry.

        Example:
            >>> registry.add_pull_time_update_exclusion(
            ...     "arn:aws:iam::111122223333:role/Scanner", reason="scans all images each night"
            ... )
        """
        exclude(self, principal, reason=reason, construct_id=construct_id)
