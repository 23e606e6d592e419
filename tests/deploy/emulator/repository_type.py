"""The type ``AWS::ECR::Repository``, in place of ministack's own provisioner.

ministack's takes over a repository that is there already, drops exclusion
filters, and detects no drift but a missing repository.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services import ecr
from tests.deploy.emulator.operations import Operations
from tests.deploy.emulator.property_codecs import policy_like, policy_text, to_api, to_properties
from tests.deploy.emulator.resource_types import Properties
from tests.deploy.emulator.service_model import ApiError


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository, by its name."""

    operations: Operations

    def create(self, properties: Properties, generated_name: str) -> str:
        """Create the repository, which must not be there, and put its policies."""
        name: str = properties.get("RepositoryName", generated_name)
        self.operations.call(
            "CreateRepository",
            {
                "repositoryName": name,
                **to_api(
                    _some(
                        properties,
                        "EncryptionConfiguration",
                        "ImageScanningConfiguration",
                        "ImageTagMutability",
                        "ImageTagMutabilityExclusionFilters",
                        "Tags",
                    )
                ),
            },
        )
        try:
            self._put_policies(name, {}, properties)
        except ApiError:
            # CloudFormation takes back what a failed creation left.
            self.delete(name, {})
            raise
        return name

    def update(self, identifier: str, old: Properties, new: Properties) -> None:
        """Change what the template holds.

        A policy that the template no longer has is deleted. Tag mutability and
        scanning that it no longer has stay as they are, as in AWS's own handler.
        """
        name = {"repositoryName": identifier}
        if "ImageTagMutability" in new:
            modes = _some(new, "ImageTagMutability", "ImageTagMutabilityExclusionFilters")
            self.operations.call("PutImageTagMutability", {**name, **to_api(modes)})
        if "ImageScanningConfiguration" in new:
            scanning = _some(new, "ImageScanningConfiguration")
            self.operations.call("PutImageScanningConfiguration", {**name, **to_api(scanning)})
        self._put_policies(identifier, old, new)
        self._put_tags(identifier, old, new)

    def delete(self, identifier: str, properties: Properties) -> None:
        """Delete the repository; one that holds images only if it is to be emptied."""
        force = properties.get("EmptyOnDelete", False)
        self.operations.call("DeleteRepository", {"repositoryName": identifier, "force": force})

    def read(self, identifier: str, expected: Properties) -> Properties | None:
        """Return all that can be read of the repository."""
        found = self.operations.find("DescribeRepositories", {"repositoryNames": [identifier]})
        if found is None:
            return None
        (repository,) = found["repositories"]
        properties: dict[str, Any] = to_properties(repository)
        properties["Tags"] = self.operations.call(
            "ListTagsForResource", {"resourceArn": repository["repositoryArn"]}
        )["tags"]
        name = {"repositoryName": identifier}
        lifecycle = self.operations.find("GetLifecyclePolicy", name)
        if lifecycle is not None:
            properties["LifecyclePolicy"] = {
                "LifecyclePolicyText": lifecycle["lifecyclePolicyText"]
            }
        policy = self.operations.find("GetRepositoryPolicy", name)
        if policy is not None:
            properties["RepositoryPolicyText"] = policy_like(
                expected.get("RepositoryPolicyText"), policy["policyText"]
            )
        return properties

    def attributes(self, identifier: str) -> dict[str, str]:
        """Return the repository's ARN and URI."""
        repository = ecr._repositories[identifier]
        return {"Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]}

    def _put_policies(self, identifier: str, old: Properties, new: Properties) -> None:
        name = {"repositoryName": identifier}
        if "LifecyclePolicy" in new:
            text = new["LifecyclePolicy"]["LifecyclePolicyText"]
            self.operations.call("PutLifecyclePolicy", {**name, "lifecyclePolicyText": text})
        elif "LifecyclePolicy" in old:
            self.operations.find("DeleteLifecyclePolicy", name)
        if "RepositoryPolicyText" in new:
            text = policy_text(new["RepositoryPolicyText"])
            self.operations.call("SetRepositoryPolicy", {**name, "policyText": text})
        elif "RepositoryPolicyText" in old:
            self.operations.find("DeleteRepositoryPolicy", name)

    def _put_tags(self, identifier: str, old: Properties, new: Properties) -> None:
        arn = {"resourceArn": ecr._repositories[identifier]["repositoryArn"]}
        before, after = _tags(old), _tags(new)
        gone = sorted(before.keys() - after.keys())
        if gone:
            self.operations.call("UntagResource", {**arn, "tagKeys": gone})
        changed = [{"Key": k, "Value": v} for k, v in after.items() if before.get(k) != v]
        if changed:
            self.operations.call("TagResource", {**arn, "tags": changed})


def _some(properties: Properties, *names: str) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}


def _tags(properties: Properties) -> Mapping[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
