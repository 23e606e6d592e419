"""What boto3 raises, in one sentence that says what to do."""

from __future__ import annotations

import pytest
from botocore import exceptions

from ecr_constructs.sources.aws.complaints import code_of, complaint


@pytest.mark.parametrize(
    "error",
    [
        exceptions.SSOTokenLoadError(error_msg="Token for x does not exist"),
        exceptions.TokenRetrievalError(provider="sso", error_msg="Token has expired."),
        exceptions.UnauthorizedSSOTokenError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_login_that_is_over_asks_for_another(error: Exception) -> None:
    said = complaint(error, operation="DescribeRegistry")
    assert said.startswith("the login to AWS must be valid, got none (")
    assert said.endswith("; log in again, for example with `aws sso login`, or renew the token")
    assert code_of(error) == ""


def test_what_cannot_be_reached_names_the_service() -> None:
    error = exceptions.ConnectTimeoutError(endpoint_url="https://x")
    said = complaint(error, operation="GetTemplate", service="cloudformation")
    assert said.startswith("GetTemplate must reach AWS CloudFormation, got ConnectTimeoutError (")
    assert complaint(error).startswith("AWS must be set up, got ConnectTimeoutError (")


def test_a_sentence_is_one_line_without_the_full_stop_of_another() -> None:
    answer = {"Error": {"Code": "ServerException", "Message": "Broken.\nTwice."}}
    error = exceptions.ClientError(answer, "DescribeImages")
    assert complaint(error, operation="DescribeImages") == (
        "DescribeImages must succeed, got ServerException (Broken. Twice); correct what it says,"
        " or try again later"
    )
