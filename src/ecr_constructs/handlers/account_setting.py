"""Set an account setting of Amazon ECR for CloudFormation, and put it back in the end.

Layer: handlers. AWS Lambda runs the text of this file, inline in a template: it imports nothing
but what Lambda's Python runtime has, and stays below 4,096 characters.

Two custom resources make one setting. The first, with a ``Name`` alone, remembers in its
physical id what was there. The second also has the ``Value`` and, from the first, what was
``Earlier``. As the first changes nothing, CloudFormation may try it again and again and still
finds what was there; as the second asks nobody, neither an update nor a retry can make it forget.
"""

import json
import logging
from typing import Any

import botocore.session  # the runtime has it, and boto3 on top takes longer to load
import urllib3
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)
_REFUSED = ("InvalidParameterException", "ValidationException")


def handler(event: dict[str, Any], context: object) -> None:
    """Do what CloudFormation asks for, and answer it whatever happens.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
    """
    del context
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer["PhysicalResourceId"] = event.get("PhysicalResourceId", event["LogicalResourceId"])
    try:
        ecr = botocore.session.get_session().create_client("ecr")
        answer.update(act(ecr, event), Status="SUCCESS")
    except Exception as error:
        # Without an answer CloudFormation would wait for one.
        logger.exception("%s failed", event["RequestType"])
        answer.update(Status="FAILED", Reason=f"{type(error).__name__}: {error}"[:1000])
    urllib3.PoolManager().request(
        "PUT", event["ResponseURL"], body=json.dumps(answer), headers={"content-type": ""}
    )


def act(ecr: Any, event: dict[str, Any]) -> dict[str, Any]:
    """Do it, and return what differs from the plain answer."""
    wanted = event["ResourceProperties"]
    if "Value" not in wanted:
        return remember(ecr, event)
    if event["RequestType"] == "Delete":
        restore(ecr, wanted["Name"], wanted["Value"], wanted["Earlier"])
        return {}
    if value_of(ecr, wanted["Name"]) != wanted["Value"]:
        ecr.put_account_setting(name=wanted["Name"], value=wanted["Value"])
    return {"PhysicalResourceId": wanted["Name"]}


def remember(ecr: Any, event: dict[str, Any]) -> dict[str, Any]:
    """Return what the setting was before the stack came; the physical id holds it."""
    name, known = event["ResourceProperties"]["Name"], event.get("PhysicalResourceId", "")
    if event["RequestType"] == "Delete":
        return {}
    if not known.startswith(f"{name}="):
        known = f"{name}={value_of(ecr, name)}"
    return {"PhysicalResourceId": known, "Data": {"Value": known.partition("=")[2]}}


def restore(ecr: Any, name: str, value: str, earlier: str) -> None:
    """Put back what was there, unless somebody has changed the setting since.

    What Amazon ECR takes no more stays as it is: nobody could delete the stack otherwise.
    """
    if earlier in ("", value) or value_of(ecr, name) != value:
        return
    try:
        ecr.put_account_setting(name=name, value=earlier)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _REFUSED:
            raise
        logger.warning("%s stays %s: %s", name, value, error)


def value_of(ecr: Any, name: str) -> str:
    """Return a setting's value; empty if it has none."""
    return str(ecr.get_account_setting(name=name).get("value", ""))
