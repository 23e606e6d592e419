"""What the profile of a signer may allow another account.

ministack takes the actions of Lambda's platform for all there are. The API knows
``signer:SignPayload`` too, for container images.
https://docs.aws.amazon.com/signer/latest/api/API_AddProfilePermission.html
"""

from __future__ import annotations

from typing import Final

from ministack.services import signer

_SIGN_PAYLOAD: Final = "signer:SignPayload"


def allow_signing() -> None:
    """Let a profile allow what ECR needs to sign images."""
    signer._PERMISSION_ACTIONS = (*signer._PERMISSION_ACTIONS, _SIGN_PAYLOAD)
