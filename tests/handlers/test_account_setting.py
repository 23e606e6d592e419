"""The custom resource's function: what it asks of Amazon ECR, what it answers CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.stub import Stubber

from ecr_constructs.handlers import account_setting
from ecr_constructs.handlers.account_setting import act, handler

NAME: Final = "BLOB_MOUNTING"


class Ecr:
    """A registry's settings; what it refuses, it refuses as Amazon ECR does."""

    def __init__(self, **settings: str) -> None:
        self.settings = settings
        self.refused: dict[str, str] = {}
        self.puts = 0

    def get_account_setting(self, *, name: str) -> dict[str, str]:
        """Answer as Amazon ECR does."""
        value = self.settings.get(name)
        return {"name": name} if value is None else {"name": name, "value": value}

    def put_account_setting(self, *, name: str, value: str) -> dict[str, str]:
        """Set it, or refuse."""
        self.puts += 1
        if value in self.refused:
            error = {"Error": {"Code": self.refused[value], "Message": f"no {value}"}}
            raise ClientError(error, "PutAccountSetting")
        self.settings[name] = value
        return {"name": name, "value": value}


class Stack:
    """CloudFormation, as far as it sends the two resources of one setting to the function.

    Every event comes twice, as CloudFormation sends one again whose answer got lost.
    """

    def __init__(self, ecr: Ecr) -> None:
        self.ecr = ecr
        self.earlier = ""
        self.ids = {"Earlier": "", "Resource": ""}
        self.value = ""

    def send(self, kind: str, resource: str, **properties: str) -> dict[str, Any]:
        """Send an event twice, and note the physical id."""
        event: dict[str, Any] = {
            "RequestType": kind,
            "LogicalResourceId": resource,
            "ResourceProperties": {"ServiceToken": "arn", "Name": NAME, **properties},
        }
        if self.ids[resource]:
            event["PhysicalResourceId"] = self.ids[resource]
        act(self.ecr, event)
        answer = act(self.ecr, event)
        before = self.ids[resource]
        self.ids[resource] = answer.get("PhysicalResourceId", before or resource)
        assert before in {"", self.ids[resource]}, "CloudFormation would replace the resource"
        return answer

    def create(self, value: str) -> None:
        """Create the stack."""
        self.earlier = self.send("Create", "Earlier")["Data"]["Value"]
        self.send("Create", "Resource", Value=value, Earlier=self.earlier)
        self.value = value

    def update(self, value: str) -> None:
        """Change the value."""
        self.send("Update", "Resource", Value=value, Earlier=self.earlier)
        self.value = value

    def delete(self) -> None:
        """Delete the stack: what refers to another resource goes first."""
        self.send("Delete", "Resource", Value=self.value, Earlier=self.earlier)
        self.send("Delete", "Earlier")


def test_a_setting_is_set_and_put_back() -> None:
    ecr = Ecr(BLOB_MOUNTING="DISABLED")
    stack = Stack(ecr)
    stack.create("ENABLED")
    assert ecr.settings == {NAME: "ENABLED"}
    stack.delete()
    assert ecr.settings == {NAME: "DISABLED"}


def test_an_update_does_not_forget_the_first_value() -> None:
    ecr = Ecr(BLOB_MOUNTING="FIRST")
    stack = Stack(ecr)
    stack.create("SECOND")
    stack.update("THIRD")
    stack.update("FOURTH")
    assert ecr.settings == {NAME: "FOURTH"}
    stack.delete()
    assert ecr.settings == {NAME: "FIRST"}


def test_an_update_of_what_remembers_remembers_the_same() -> None:
    """The function's ARN is a property: a new function is an update of both resources."""
    ecr = Ecr(BLOB_MOUNTING="FIRST")
    stack = Stack(ecr)
    stack.create("SECOND")
    assert stack.send("Update", "Earlier")["Data"] == {"Value": "FIRST"}


def test_what_is_set_already_is_not_set_again() -> None:
    ecr = Ecr(BLOB_MOUNTING="ENABLED")
    stack = Stack(ecr)
    stack.create("ENABLED")
    stack.delete()
    assert ecr.puts == 0


def test_what_somebody_has_changed_since_is_left_alone() -> None:
    ecr = Ecr(BLOB_MOUNTING="FIRST")
    stack = Stack(ecr)
    stack.create("SECOND")
    ecr.settings[NAME] = "BY HAND"
    stack.delete()
    assert ecr.settings == {NAME: "BY HAND"}


def test_a_setting_that_was_never_set_stays() -> None:
    ecr = Ecr()
    stack = Stack(ecr)
    stack.create("ENABLED")
    stack.delete()
    assert ecr.settings == {NAME: "ENABLED"}


@pytest.mark.parametrize("code", ["InvalidParameterException", "ValidationException"])
def test_what_ecr_takes_no_more_stays_and_the_stack_goes(code: str) -> None:
    ecr = Ecr(BLOB_MOUNTING="CLAIR")
    stack = Stack(ecr)
    stack.create("AWS_NATIVE")
    ecr.refused = {"CLAIR": code}
    stack.delete()
    assert ecr.settings == {NAME: "AWS_NATIVE"}


def test_fails_where_putting_back_fails_for_another_reason() -> None:
    ecr = Ecr(BLOB_MOUNTING="FIRST")
    stack = Stack(ecr)
    stack.create("SECOND")
    ecr.refused = {"FIRST": "ServerException"}
    with pytest.raises(ClientError, match="ServerException"):
        stack.delete()


def test_fails_where_setting_is_refused() -> None:
    ecr = Ecr(BLOB_MOUNTING="DISABLED")
    ecr.refused = {"ENABLED": "InvalidParameterException"}
    with pytest.raises(ClientError, match="InvalidParameterException"):
        Stack(ecr).create("ENABLED")


def test_a_create_that_failed_is_deleted_without_a_trace() -> None:
    """CloudFormation deletes what it could not create; its id is the one of the answer."""
    ecr = Ecr(BLOB_MOUNTING="DISABLED")
    stack = Stack(ecr)
    stack.earlier, stack.value = "DISABLED", "ENABLED"
    stack.ids = {"Earlier": "Earlier", "Resource": "Resource"}
    stack.delete()
    assert ecr.settings == {NAME: "DISABLED"}
    assert ecr.puts == 0


def test_another_name_is_another_resource() -> None:
    ecr = Ecr(BLOB_MOUNTING="DISABLED", REGISTRY_POLICY_SCOPE="V1")
    event = {
        "RequestType": "Update",
        "PhysicalResourceId": "BLOB_MOUNTING=DISABLED",
        "ResourceProperties": {"Name": "REGISTRY_POLICY_SCOPE"},
    }
    assert act(ecr, event) == {
        "PhysicalResourceId": "REGISTRY_POLICY_SCOPE=V1",
        "Data": {"Value": "V1"},
    }


def test_its_requests_are_ones_that_the_service_model_knows() -> None:
    ecr = get_session().create_client(
        "ecr",
        region_name="eu-west-1",
        aws_access_key_id="dummy",
        aws_secret_access_key="dummy",
    )
    with Stubber(ecr) as stub:
        stub.add_response(
            "get_account_setting", {"name": NAME, "value": "DISABLED"}, {"name": NAME}
        )
        stub.add_response(
            "put_account_setting",
            {"name": NAME, "value": "ENABLED"},
            {"name": NAME, "value": "ENABLED"},
        )
        properties = {"Name": NAME, "Value": "ENABLED", "Earlier": "DISABLED"}
        act(ecr, {"RequestType": "Create", "ResourceProperties": properties})
        stub.assert_no_pending_responses()


# What it answers


@pytest.fixture
def answers() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A place on loopback that takes answers, as CloudFormation's presigned URL does."""
    taken: list[dict[str, Any]] = []

    class Take(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            """Take an answer."""
            assert self.headers["Content-Type"] == ""  # the URL is signed for this one
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Take) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/answer?signed", taken
        server.shutdown()


@pytest.fixture
def run(
    answers: tuple[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """Runs the function with a registry in the place of Amazon ECR, and returns its answer."""
    url, taken = answers

    def run(ecr: object, **event: Any) -> dict[str, Any]:
        class Session:
            def create_client(self, service: str) -> object:
                """Return the registry."""
                assert service == "ecr"
                return ecr

        monkeypatch.setattr("botocore.session.get_session", Session)
        whole = {
            "RequestType": "Create",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Earlier",
            "ResponseURL": url,
            "ResourceProperties": {"Name": NAME},
        }
        handler({**whole, **event}, None)
        (answer,) = taken
        return answer

    return run


def test_the_answer_has_what_cloudformation_wants(run: Callable[..., dict[str, Any]]) -> None:
    assert run(Ecr(BLOB_MOUNTING="DISABLED")) == {
        "Status": "SUCCESS",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Earlier",
        "PhysicalResourceId": "BLOB_MOUNTING=DISABLED",
        "Data": {"Value": "DISABLED"},
    }


@pytest.mark.parametrize("known", [{}, {"PhysicalResourceId": "BLOB_MOUNTING"}])
def test_the_answer_to_a_failure_names_it_and_keeps_the_id(
    run: Callable[..., dict[str, Any]], known: dict[str, str]
) -> None:
    ecr = Ecr(BLOB_MOUNTING="DISABLED")
    ecr.refused = {"x" * 5000: "InvalidParameterException"}
    properties = {"Name": NAME, "Value": "x" * 5000, "Earlier": "DISABLED"}
    answer = run(ecr, ResourceProperties=properties, **known)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("ClientError: An error occurred (InvalidParameterException)")
    assert answer["PhysicalResourceId"] == known.get("PhysicalResourceId", "Earlier")
    # CloudFormation takes no longer one.
    assert len(json.dumps(answer)) < 4096


def test_what_is_wrong_in_the_event_is_answered_too(run: Callable[..., dict[str, Any]]) -> None:
    answer = run(Ecr(), ResourceProperties={})
    assert (answer["Status"], answer["Reason"]) == ("FAILED", "KeyError: 'Name'")


def test_its_text_fits_into_a_template() -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html."""
    text = Path(account_setting.__file__).read_text(encoding="utf-8")
    assert len(text.encode()) < 4096
    assert text.isascii()
