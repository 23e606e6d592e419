"""What CloudFormation deployed last, beside the stacks of an assembly.

Layer: sources; imports ``model``, and botocore when it is used.

CloudFormation writes a resource only where its template has changed: what
somebody changed by hand stays until then.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from ecr_constructs.errors import SourceError
from ecr_constructs.sources.aws.complaints import code_of, complaint
from ecr_constructs.sources.aws.ecr_api import ApiError
from ecr_constructs.sources.documents import read_template
from ecr_constructs.sources.stack import Stack

#: The template of a stack, as a path below the assembly, and a logical id in it.
ResourceKey: TypeAlias = tuple[str, str]

#: The types that are asked about.
_ECR: Final = "AWS::ECR::"


@dataclass(slots=True)
class Deployed:
    """What is known of the stacks of an assembly that are deployed.

    Attributes:
        unchanged: The resources whose properties are in the assembly as they
            were deployed last.
        properties: The properties of the others, as they were deployed last.
        names: The physical ids of resources.
    """

    unchanged: set[ResourceKey] = field(default_factory=set)
    properties: dict[ResourceKey, Mapping[str, Any]] = field(default_factory=dict)
    names: dict[ResourceKey, str] = field(default_factory=dict)


def read_deployed(client: Callable[[str], Any], stacks: Iterable[Stack]) -> Deployed:
    """Ask CloudFormation what it deployed last of the stacks of an assembly.

    It takes two calls for each stack that defines something of Amazon ECR. One
    that is not deployed yet, or is nested in another, is passed over.

    Args:
        client: Returns a client of boto3 for ``cloudformation`` in a Region.
        stacks: The stacks, as the assembly has them.

    Raises:
        ApiError: If a call fails.
        SourceError: If a template that is deployed cannot be read.
    """
    deployed = Deployed()
    for stack in stacks:
        region = stack.environment.region
        ours = [each for each in stack.declared if _is_ours(each.body)]
        if not ours or not stack.place.is_named or not isinstance(region, str):
            continue
        api, name = client(region), stack.place.name
        template = _template(api, name)
        if template is None:
            continue
        resources = template.get("Resources", {})
        for each in ours:
            before, key = resources.get(each.logical_id), (stack.place.template, each.logical_id)
            if not isinstance(before, Mapping):
                continue
            properties = before.get("Properties", {})
            if properties == each.body.get("Properties", {}):
                deployed.unchanged.add(key)
            elif isinstance(properties, Mapping):
                deployed.properties[key] = properties
        for logical_id, physical_id in _names(api, name).items():
            deployed.names[stack.place.template, logical_id] = physical_id
    return deployed


def _is_ours(body: object) -> bool:
    return isinstance(body, Mapping) and str(body.get("Type", "")).startswith(_ECR)


def _template(api: Any, name: str) -> Mapping[str, Any] | None:
    answer = _call(api, "get_template", name)
    body = None if answer is None else answer["TemplateBody"]
    if isinstance(body, str):
        body = _parsed(body, name)
    if body is not None and not isinstance(body, Mapping):
        raise SourceError(
            f"the template that is deployed must be an object, got another for stack {name!r}"
        )
    return body


def _parsed(text: str, name: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.yaml"
        file.write_text(text, encoding="utf-8")
        return read_template(file)


def _names(api: Any, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    token: dict[str, str] = {}
    while True:
        page = _call(api, "list_stack_resources", name, **token) or {}
        for each in page.get("StackResourceSummaries", ()):
            if each.get("PhysicalResourceId"):
                found[each["LogicalResourceId"]] = each["PhysicalResourceId"]
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}


def _call(api: Any, method: str, name: str, **parameters: str) -> Mapping[str, Any] | None:
    """Carry out an operation on a stack; None where there is no such stack."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer: Mapping[str, Any] = getattr(api, method)(StackName=name, **parameters)
    except (BotoCoreError, ClientError) as error:
        if code_of(error) == "ValidationError" and "does not exist" in str(error):
            return None
        operation = api.meta.method_to_api_mapping[method]
        sentence = complaint(
            error, operation=operation, about=f" on stack {name!r}", service="cloudformation"
        )
        raise ApiError(sentence, code_of(error)) from error
    return answer
