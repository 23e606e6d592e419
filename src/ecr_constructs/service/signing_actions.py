"""What AWS Signer has to do with images that Amazon ECR signs.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
"""

from __future__ import annotations

from typing import Final

#: What whoever pushes needs on the profile, beside pushing: Amazon ECR signs in their name.
SIGN: Final = "signer:SignPayload"
#: The platform of a profile for container images.
#: https://docs.aws.amazon.com/signer/latest/api/API_SigningPlatform.html
PLATFORM: Final = "Notation-OCI-SHA384-ECDSA"
PROFILE_NAME_MAX: Final = 64  # CFN, AWS::Signer::SigningProfile, ProfileName
