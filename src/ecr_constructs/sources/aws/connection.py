"""A connection to Amazon ECR with the credentials that boto3 finds.

Layer: sources; imports ``errors``, and boto3 when it is used.
"""

from __future__ import annotations

import os
from typing import Any, Final

from ecr_constructs.errors import SourceError
from ecr_constructs.sources.aws.complaints import complaint
from ecr_constructs.sources.aws.ecr_api import EcrApi

#: How often a call is tried that ECR throttles or fails to answer; the waits between grow.
TRIES: Final = 8
#: How many calls are under way at a time where there are many.
CALLS_AT_A_TIME: Final = 8
_SECONDS_TO_CONNECT: Final = 10


def connect(*, profile: str | None = None, region: str | None = None) -> EcrApi:
    """Return the API of the registry that the credentials are of.

    Credentials, Region and endpoint come from where the AWS CLI takes them:
    the environment, the shared files, a role.

    Args:
        profile: The profile of the shared files. Default: the one that
            ``AWS_PROFILE`` names, else ``default``.
        region: The Region. Default: ``AWS_REGION``, ``AWS_DEFAULT_REGION`` or the
            one of the profile, in this order.

    Raises:
        SourceError: If boto3 is not installed, or there is no such profile or no
            Region.
    """
    return EcrApi(client_of("ecr", profile=profile, region=region))


def client_of(service: str, *, profile: str | None = None, region: str | None = None) -> Any:
    """Return a client of boto3 for a service; see :func:`connect`."""
    boto3, config = _boto3()
    from botocore.exceptions import BotoCoreError

    # boto3 does not know the variable that the AWS CLI and the other SDKs take first.
    region = region or os.environ.get("AWS_REGION") or None
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        return session.client(
            service,
            config=config(
                connect_timeout=_SECONDS_TO_CONNECT,
                max_pool_connections=CALLS_AT_A_TIME,
                retries={"mode": "standard", "total_max_attempts": TRIES},
            ),
        )
    except BotoCoreError as error:
        raise SourceError(complaint(error)) from error


def _boto3() -> tuple[Any, Any]:
    try:
        import boto3
        from botocore.config import Config
    except ModuleNotFoundError as error:
        raise SourceError(
            f"reading a live registry needs {error.name!r}, which is not installed; run: pip"
            " install 'ecr-constructs[aws]'"
        ) from error
    return boto3, Config
