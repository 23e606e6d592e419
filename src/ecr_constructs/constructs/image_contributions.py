"""What any construct can have done to the images of a registry as they are pushed and pulled.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import aws_signer as signer

from ecr_constructs.constructs.image_signing import ImageSigning, sign
from ecr_constructs.constructs.policy_contributions import PolicyContributions


class ImageContributions(PolicyContributions):
    """What can be asked for images."""

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
        a repository that is signed get it, in any order of the calls;
        :meth:`ImageSigning.allow_signing` is for others. A push without it arrives,
        unsigned. Filters of one profile are united, so that it signs once; several
        profiles give several signatures.
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
