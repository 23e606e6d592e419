"""What the owner of another account or app must apply, because this app cannot.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from typing import Any

from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What a repository or a registry that the app does not own needs.

    Attributes:
        repository_name: The repository; None where it is the registry itself.
        account: Its account; may be a token.
        region: Its Region; may be a token.
        policy: The statements that the policy of the repository or of the
            registry must gain; none where it needs none.
        creation_templates: The templates that the registry must have.
        notes: What else its owner has to know, a sentence each.
    """

    repository_name: str | None = None
    account: str
    region: str
    policy: Policy = field(default_factory=Policy)
    creation_templates: tuple[CreationTemplate, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What is not owned, in words."""
        if self.repository_name is None:
            return f"the registry of account {self.account} in {self.region}"
        return f"repository {self.repository_name!r}"

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that apply it, for the AWS CLI with credentials of that account.

        One that sets a policy replaces the whole, as :attr:`cautions` say.
        """
        commands = []
        if self.policy.statements and self.repository_name is None:
            commands.append(
                f"aws ecr put-registry-policy --region {self.region} --policy-text"
                f" {shlex.quote(self.policy.to_json())}"
            )
        elif self.policy.statements:
            commands.append(
                f"aws ecr set-repository-policy --registry-id {self.account} --region"
                f" {self.region} --repository-name {self.repository_name} --policy-text"
                f" {shlex.quote(self.policy.to_json())}"
            )
        commands += (
            f"aws ecr create-repository-creation-template --region {self.region}"
            f" --cli-input-json {shlex.quote(json.dumps(template_to_api(template)))}"
            for template in self.creation_templates
        )
        return tuple(commands)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What to mind before the commands are run, a sentence each.

        Sources:
        https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryPolicy.html,
        https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
        """
        if not self.policy.statements:
            return ()
        if self.repository_name is None:
            what, sets = "registry", "put-registry-policy"
            reads = f"aws ecr get-registry-policy --region {self.region}"
        else:
            what, sets = "repository", "set-repository-policy"
            reads = (
                f"aws ecr get-repository-policy --registry-id {self.account} --region"
                f" {self.region} --repository-name {self.repository_name}"
            )
        return (
            (
                f"{sets} replaces the whole {what} policy: first read the one that is there with"
                f" '{reads}', and add its statements to the text"
            ),
        )

    @property
    def sentence(self) -> str:
        """What to do, in one sentence, with the documents and the commands that apply them."""
        needs = []
        if self.policy.statements:
            what = "registry" if self.repository_name is None else "repository"
            command = (
                f"aws ecr put-registry-policy --region {self.region}"
                if self.repository_name is None
                else f"aws ecr set-repository-policy --registry-id {self.account}"
                f" --region {self.region} --repository-name {self.repository_name}"
            )
            needs.append(
                f"add these statements to its {what} policy: {self.policy.to_json()}"
                f" ({command} --policy-text ... replaces the whole policy: keep the statements that"
                " are there)"
            )
        if self.creation_templates:
            prefixes = ", ".join(repr(str(each.prefix)) for each in self.creation_templates)
            needs.append(f"have a repository creation template for {prefixes}")
        return (
            f"{self.title} is not owned by this app, so it cannot be changed from here; its owner"
            f" must {' and '.join(needs)}" + "".join(f"; {note}" for note in self.notes)
        )

    def to_document(self) -> dict[str, Any]:
        """Return the entry of the file that lies beside the stack's template."""
        return {
            "account": self.account,
            "region": self.region,
            "repositoryName": self.repository_name,
            "policy": self.policy.to_document() if self.policy.statements else None,
            "creationTemplates": [template_to_api(each) for each in self.creation_templates],
            "commands": list(self.commands),
            "notes": [*self.cautions, *self.notes],
        }


def template_to_api(template: CreationTemplate) -> dict[str, Any]:
    """Return the parameters of the API's ``CreateRepositoryCreationTemplate``."""
    document: dict[str, Any] = {
        "prefix": template.prefix,
        "appliedFor": list(map(str, template.applied_for)),
        "imageTagMutability": str(template.image_tag_mutability),
        "encryptionConfiguration": {"encryptionType": str(template.encryption.type)},
    }
    if template.encryption.kms_key is not None:
        document["encryptionConfiguration"]["kmsKey"] = template.encryption.kms_key
    if template.description:
        document["description"] = template.description
    if template.exclusion_filters:
        document["imageTagMutabilityExclusionFilters"] = [
            {"filterType": "WILDCARD", "filter": value} for value in template.exclusion_filters
        ]
    if isinstance(template.repository_policy, Policy):
        document["repositoryPolicy"] = template.repository_policy.to_json()
    if isinstance(template.lifecycle_policy, LifecyclePolicy):
        document["lifecyclePolicy"] = template.lifecycle_policy.to_json()
    if template.resource_tags:
        document["resourceTags"] = [
            {"Key": key, "Value": value} for key, value in template.resource_tags
        ]
    if template.custom_role_arn:
        document["customRoleArn"] = template.custom_role_arn
    return document
