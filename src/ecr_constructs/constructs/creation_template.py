"""The creation templates of a registry: one for a prefix, whoever asks for it.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct, Node

from ecr_constructs.constructs.cfn_registry import (
    CfnRepositoryCreationTemplate,
    record_exemptions,
    write_properties,
)
from ecr_constructs.constructs.exemptions import Exemptions
from ecr_constructs.constructs.registry_context import RegistryContext, namespace_id
from ecr_constructs.constructs.service_role import service_role
from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.encryption import AES256, Encryption, EncryptionType
from ecr_constructs.model.governance import template_loosenings
from ecr_constructs.model.problem import Problem, refuse
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.template_request import (
    TemplateDefaults,
    TemplateRequest,
    merge_requests,
    names_below,
    template_key,
)
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.service import registry_actions


@dataclass(eq=False, kw_only=True)
class _Template:
    """The template of one prefix.

    Attributes:
        requests: What was asked.
        value: What comes out of that; a role that is made for it is left out.
        exemptions: What it may rely on.
        scope: What holds the resource and its role.
        cfn: The resource.
        properties: What was written into it.
        role: The role that was made for it.
        role_for: The encryption that the role was made for.
        when_tagged: What to do as soon as it sets tags.
    """

    requests: tuple[TemplateRequest, ...] = ()
    value: CreationTemplate | None = None
    exemptions: Exemptions = field(default_factory=lambda: Exemptions((), ()))
    scope: Construct | None = None
    cfn: CfnRepositoryCreationTemplate | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    role: iam.Role | None = None
    role_for: Encryption | None = None
    when_tagged: list[Callable[[], object]] = field(default_factory=list)


class CreationTemplates:
    """The creation templates of a registry.

    Args:
        context: The registry.
    """

    def __init__(self, context: RegistryContext) -> None:
        self._context = context
        self._templates: dict[str, _Template] = {}

    @property
    def node(self) -> Node:
        """The owner's node."""
        return self._context.node

    @property
    def values(self) -> tuple[CreationTemplate, ...]:
        """The templates, in the order of their prefixes; roles that are made for them left out."""
        found = [each.value for each in self._templates.values() if each.value is not None]
        return tuple(sorted(found, key=lambda each: template_key(str(each.prefix))))

    def resource(self, prefix: str) -> CfnRepositoryCreationTemplate:
        """Return the resource of a prefix that has been asked for."""
        cfn = self._templates[template_key(prefix)].cfn
        assert cfn is not None
        return cfn

    def sets_tags(self, prefix: str) -> bool:
        """Tell whether the template of a prefix sets tags."""
        template = self._templates.get(template_key(prefix))
        value = None if template is None else template.value
        return value is not None and bool(value.resource_tags)

    def when_tagged(self, prefix: str, act: Callable[[], object]) -> None:
        """Do something now if the template of a prefix sets tags, else as soon as it does."""
        if self.sets_tags(prefix):
            act()
        else:
            self._templates.setdefault(template_key(prefix), _Template()).when_tagged.append(act)

    def ask(self, request: TemplateRequest) -> None:
        """Define the template of a prefix, or add to what is asked of it.

        Raises:
            ConfigurationError: If ECR would refuse it, it loosens a control without
                an exemption, or it differs from what another construct asks for.
        """
        template = self._templates.get(request.key, _Template())
        requests = (*template.requests, request)
        value, problems = self._merge(requests)
        exemptions = self._context.exemptions_for(value.exemptions)
        uncovered, covering = exemptions.judge(
            template_loosenings(value, self._context.baseline, account=self._context.place.account)
        )
        problems += [*self._problems(value), *uncovered]
        refuse(problems, path=request.by)
        exemptions.rely_on(covering)
        template.requests, template.value, template.exemptions = requests, value, exemptions
        self._templates[request.key] = template
        self._write(template, value)
        self._context.ledger.schedule(self)
        if value.resource_tags:
            waiting, template.when_tagged = template.when_tagged, []
            for act in waiting:
                act()

    def write_at_synthesis(self) -> None:
        """Write the templates into their resources; the library calls it at synthesis."""
        for template in self._templates.values():
            if template.cfn is None:
                continue
            # Strings can be put in order now, as it is known what their tokens refer to.
            value, _ = self._merge(template.requests, self._context.ledger.key)
            template.value = value
            self._write(template, value)
            record_exemptions(template.cfn, template.exemptions.relied_on)
            self._context.warn(self._problems(value))

    @cached_property
    def _namespace(self) -> Construct:
        return Construct(self._context.owner, "CreationTemplates")

    def _merge(
        self, requests: tuple[TemplateRequest, ...], key: SortKey = str
    ) -> tuple[CreationTemplate, list[Problem]]:
        own_key = self._context.encryption_key()
        defaults = TemplateDefaults(
            lifecycle_policy=self._context.baseline.lifecycle_policy,
            encryption=AES256
            if own_key is None
            else Encryption(EncryptionType.KMS, own_key.key_arn),
        )
        return merge_requests(requests, defaults, partition=self._context.place.partition, key=key)

    def _problems(self, value: CreationTemplate) -> list[Problem]:
        if needs_role(value):
            value = replace(value, custom_role_arn=Unresolved.of("the role that is made for it"))
        place = self._context.place
        return value.problems(account=place.account, region=place.region, partition=place.partition)

    def _write(self, template: _Template, value: CreationTemplate) -> None:
        if template.scope is None:
            key = template_key(str(value.prefix))
            template.scope = Construct(self._namespace, namespace_id(key))
        scope = template.scope
        self._make_role(template, value, scope)
        if template.role is not None:
            value = replace(value, custom_role_arn=template.role.role_arn)
        properties = value.to_cfn()
        if template.cfn is None:
            template.cfn = CfnRepositoryCreationTemplate(scope, "Resource", properties)
        else:
            write_properties(template.cfn, properties, template.properties)
        template.properties = properties

    def _make_role(self, template: _Template, value: CreationTemplate, scope: Construct) -> None:
        """Make the role if it is needed, and remove one that is not, or is for another key."""
        role_for = value.encryption if needs_role(value) else None
        if role_for == template.role_for:
            return
        if template.role is not None:
            scope.node.try_remove_child(template.role.node.id)
            template.role = None
        if role_for is not None:
            template.role = self._role(value, scope)
        template.role_for = role_for

    def _role(self, value: CreationTemplate, scope: Construct) -> iam.Role:
        prefix = template_key(str(value.prefix))
        statements: list[dict[str, Any]] = [
            {
                "Sid": "CreateRepositories",
                "Action": sorted(registry_actions.TEMPLATE_ROLE),
                "Resource": self._context.repositories(names_below(prefix)),
            }
        ]
        if value.encryption.type != EncryptionType.AES256:
            statements.append(self._key_statement(value.encryption))
        return service_role(
            scope,
            service="ecr.amazonaws.com",
            description=f"Creates the repositories of the template {prefix}",
            policy_name="Template",
            statements=statements,
        )

    def _key_statement(self, encryption: Encryption) -> dict[str, Any]:
        statement = {"Sid": "Encrypt", "Action": sorted(registry_actions.TEMPLATE_ROLE_KEY)}
        if encryption.kms_key is not None:
            return {**statement, "Resource": encryption.kms_key}
        # The ARN of the key that AWS manages is not known; its alias is.
        place = self._context.place
        return {
            **statement,
            "Resource": f"arn:{place.partition}:kms:{place.region}:{place.account}:key/*",
            "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/aws/ecr"}},
        }


def needs_role(value: CreationTemplate) -> bool:
    """Tell whether a role has to be made: tags or KMS need one, and none is given."""
    encrypts = value.encryption.type != EncryptionType.AES256
    return value.custom_role_arn is None and (encrypts or bool(value.resource_tags))
