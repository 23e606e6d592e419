"""What ``Ref`` and ``Fn::GetAtt`` of a resource give, by its type.

Layer: sources; imports ``model`` only.

A resource with a name in its template has a known ARN. One whose name
CloudFormation makes up has an ARN that is known up to that name.

Sources: the page of each type below
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html,
section "Return values"; for Amazon ECR and AWS Signer the ``primaryIdentifier`` (what
``Ref`` gives) and the ``readOnlyProperties`` (the attributes) of the type's schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ecr_constructs.model.unresolved import Text
from ecr_constructs.sources.text import as_text, fill

if TYPE_CHECKING:
    from ecr_constructs.sources.stack import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class _Naming:
    """How resources of one type are named.

    Attributes:
        name: The property that holds the name; None where it is always made up.
        ref: What ``Ref`` gives, with blanks for the stack's environment, the
            name, the path, and what AWS makes up: a suffix or a version.
        attributes: What attributes give, likewise; others are not known.
    """

    name: str | None = None
    ref: str = "{name}"
    attributes: Mapping[str, str] = field(default_factory=dict)


_IAM: Final = "arn:{partition}:iam::{account}:"
_REGIONAL: Final = "{region}:{account}:"
_PROFILE: Final = f"arn:{{partition}}:signer:{_REGIONAL}/signing-profiles/{{name}}"
_SECRET: Final = f"arn:{{partition}}:secretsmanager:{_REGIONAL}secret:{{name}}-{{suffix}}"

#: What an account and Region has once is named after its account.
_SINGLETON: Final = _Naming(ref="{account}", attributes={"RegistryId": "{account}"})

_NAMINGS: Final[Mapping[str, _Naming]] = {
    "AWS::CodeBuild::Project": _Naming(
        name="Name",
        attributes={"Arn": f"arn:{{partition}}:codebuild:{_REGIONAL}project/{{name}}"},
    ),
    "AWS::ECR::PublicRepository": _Naming(
        name="RepositoryName",
        # Public repositories are in us-east-1 alone.
        attributes={"Arn": "arn:aws:ecr-public::{account}:repository/{name}"},
    ),
    "AWS::ECR::PullThroughCacheRule": _Naming(name="EcrRepositoryPrefix"),
    "AWS::ECR::PullTimeUpdateExclusion": _Naming(name="PrincipalArn"),
    "AWS::ECR::RegistryPolicy": _SINGLETON,
    "AWS::ECR::RegistryScanningConfiguration": _SINGLETON,
    "AWS::ECR::ReplicationConfiguration": _SINGLETON,
    "AWS::ECR::Repository": _Naming(
        name="RepositoryName",
        attributes={
            "Arn": f"arn:{{partition}}:ecr:{_REGIONAL}repository/{{name}}",
            "RepositoryUri": "{account}.dkr.ecr.{region}.{url_suffix}/{name}",
        },
    ),
    "AWS::ECR::RepositoryCreationTemplate": _Naming(name="Prefix"),
    "AWS::ECR::SigningConfiguration": _SINGLETON,
    "AWS::IAM::Group": _Naming(
        name="GroupName", attributes={"Arn": f"{_IAM}group{{path}}{{name}}"}
    ),
    "AWS::IAM::ManagedPolicy": _Naming(
        name="ManagedPolicyName",
        ref=f"{_IAM}policy{{path}}{{name}}",
        attributes={"PolicyArn": f"{_IAM}policy{{path}}{{name}}"},
    ),
    "AWS::IAM::Role": _Naming(name="RoleName", attributes={"Arn": f"{_IAM}role{{path}}{{name}}"}),
    "AWS::IAM::User": _Naming(name="UserName", attributes={"Arn": f"{_IAM}user{{path}}{{name}}"}),
    "AWS::KMS::Key": _Naming(attributes={"Arn": f"arn:{{partition}}:kms:{_REGIONAL}key/{{name}}"}),
    "AWS::Lambda::Function": _Naming(
        name="FunctionName",
        attributes={"Arn": f"arn:{{partition}}:lambda:{_REGIONAL}function:{{name}}"},
    ),
    # Secrets Manager adds a hyphen and six random characters.
    "AWS::SecretsManager::Secret": _Naming(name="Name", ref=_SECRET, attributes={"Id": _SECRET}),
    "AWS::Signer::SigningProfile": _Naming(
        name="ProfileName",
        ref=_PROFILE,
        attributes={
            "Arn": _PROFILE,
            "ProfileName": "{name}",
            "ProfileVersion": "{version}",
            "ProfileVersionArn": f"{_PROFILE}/{{version}}",
        },
    ),
}


def reference_to(stack: Stack, logical_id: str, body: Mapping[str, Any]) -> Text:
    """Return what ``Ref`` of a resource of ``stack`` gives."""
    naming = _naming(body)
    if naming is None or naming.ref == "{name}":
        return _name(stack, logical_id, body, naming)
    return _filled(stack, logical_id, body, naming, naming.ref)


def attribute_of(stack: Stack, logical_id: str, name: str, body: Mapping[str, Any]) -> Text:
    """Return what ``Fn::GetAtt`` of a resource's attribute gives."""
    naming = _naming(body)
    template = None if naming is None else naming.attributes.get(name)
    if naming is None or template is None:
        return stack.unknown(logical_id, name)
    return _filled(stack, logical_id, body, naming, template)


def arn_of(stack: Stack, logical_id: str, body: Mapping[str, Any]) -> Text | None:
    """Return what ``Fn::GetAtt`` of ``Arn`` gives; None where the type has no such attribute."""
    naming = _naming(body)
    if naming is None or "Arn" not in naming.attributes:
        return None
    return attribute_of(stack, logical_id, "Arn", body)


def _naming(body: Mapping[str, Any]) -> _Naming | None:
    kind = body.get("Type")
    return _NAMINGS.get(kind) if isinstance(kind, str) else None


def _filled(
    stack: Stack, logical_id: str, body: Mapping[str, Any], naming: _Naming, template: str
) -> Text:
    environment = stack.environment
    return fill(
        template,
        partition=environment.partition,
        region=environment.region,
        account=environment.account,
        url_suffix=environment.url_suffix,
        path=_property(stack, logical_id, body, "Path") or "/",
        name=_name(stack, logical_id, body, naming),
        suffix=stack.unknown(logical_id, "Suffix"),
        version=stack.unknown(logical_id, "ProfileVersion"),
    )


def _name(stack: Stack, logical_id: str, body: Mapping[str, Any], naming: _Naming | None) -> Text:
    given = None
    if naming is not None and naming.name is not None:
        given = _property(stack, logical_id, body, naming.name)
    return given or stack.unknown(logical_id)


def _property(stack: Stack, logical_id: str, body: Mapping[str, Any], name: str) -> Text | None:
    properties = body.get("Properties")
    if not isinstance(properties, dict) or name not in properties:
        return None
    value = stack.resolve(properties[name])
    return None if value is None else as_text(value) or stack.unknown(logical_id, name)
