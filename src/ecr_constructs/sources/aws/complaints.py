"""What boto3 raises, in one sentence that says what to do.

Layer: sources; imports the standard library, and botocore when it is used.

Source of the codes:
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

import re
from typing import Any, Final

_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN: Final = frozenset(
    {
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    }
)
#: What botocore tries again, https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_THROTTLED: Final = frozenset(
    {
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_ACTION: Final = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)")
_LOGIN: Final = "log in again, for example with `aws sso login`, or renew the token"

#: The exceptions of botocore that have a sentence of their own, by the name of their class.
_SENTENCES: Final = {
    "NoCredentialsError": (
        "there must be AWS credentials, got none; log in, name a profile, or set"
        " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    ),
    "NoRegionError": (
        "there must be a Region, got none; write --region, or set AWS_REGION or the profile's"
        " region"
    ),
}
_NAMES: Final = {"cloudformation": "AWS CloudFormation", "ecr": "Amazon ECR"}
_LOGINS: Final = frozenset(
    {"SSOTokenLoadError", "TokenRetrievalError", "UnauthorizedSSOTokenError"}
)


def complaint(
    error: Exception, *, operation: str = "", about: str = "", service: str = "ecr"
) -> str:
    """Return the sentence for an exception of botocore.

    Args:
        error: The exception.
        operation: The operation of the API that was called; empty for none.
        about: What it was called about, to follow its name: `` on repository 'web'``.
        service: Whose operation it is, as IAM writes it before an action.
    """
    name = type(error).__name__
    if name in _SENTENCES:
        return _SENTENCES[name]
    if name in _LOGINS:
        return f"the login to AWS must be valid, got none ({_line(str(error))}); {_LOGIN}"
    if name == "ProfileNotFound":
        return (
            "the profile must be one that there is, got"
            f" {getattr(error, 'kwargs', {}).get('profile')!r}; `aws configure list-profiles` lists"
            " them"
        )
    answered = _answer(error)
    if answered is not None:
        return _answered(answered, operation, about, service)
    called = (
        f"{operation}{about} must reach {_NAMES[service]}" if operation else "AWS must be set up"
    )
    return (
        f"{called}, got {name} ({_line(str(error))}); look at the network, the Region and the"
        " profile"
    )


def code_of(error: Exception) -> str:
    """Return the code of what the API answered; empty where it did not answer."""
    return str((_answer(error) or {}).get("Code", ""))


def _answer(error: Exception) -> dict[str, Any] | None:
    response = getattr(error, "response", None)
    answer = response.get("Error") if isinstance(response, dict) else None
    return answer if isinstance(answer, dict) else None


def _answered(answer: dict[str, Any], operation: str, about: str, service: str) -> str:
    code, message = str(answer.get("Code", "")), _line(str(answer.get("Message", "")))
    got = f"got {code} ({message})" if message else f"got {code}"
    if code in _REFUSED:
        found = _ACTION.search(message)
        action = found[1] if found else f"{service}:{operation}"
        return f"the credentials must allow {action}{about}, {got}; attach a policy that allows it"
    if code in _EXPIRED:
        return f"the credentials must not have expired, {got}; {_LOGIN}"
    if code in _UNKNOWN:
        return f"the credentials must be ones that AWS knows, {got}; look at the key and the secret"
    if code in _THROTTLED:
        return f"{operation}{about} must not be throttled, {got} at every try; try again later"
    return f"{operation}{about} must succeed, {got}; correct what it says, or try again later"


def _line(text: str) -> str:
    """Return what AWS says as part of a sentence: on one line, without a full stop."""
    return " ".join(text.split()).removesuffix(".")
