"""Where the lifecycle commands take a policy from: a file, or a repository in an assembly."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ecr_constructs.cli._common import read_text
from ecr_constructs.errors import ConfigurationError, PolicyDocumentError

if TYPE_CHECKING:
    from ecr_constructs.lifecycle.inventory import Inventory
    from ecr_constructs.model.lifecycle import LifecyclePolicy

#: The member of what ``aws ecr get-lifecycle-policy`` prints that holds the policy.
_PRINTED: Final = "lifecyclePolicyText"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A policy, and whose it is.

    Attributes:
        policy: The policy.
        repository: The name of the repository that it was taken from; None for a
            policy of a file, which may be tried on any images, and where the name
            is known only at deployment.
    """

    policy: LifecyclePolicy
    repository: str | None = None

    def must_be_of(self, inventory: Inventory) -> None:
        """Refuse the images of another repository: their verdicts would be of no use.

        Raises:
            ConfigurationError: If both say whose they are, and it differs.
        """
        if None in (self.repository, inventory.repository_name):
            return
        if self.repository != inventory.repository_name:
            raise ConfigurationError(
                f"the images must be of the repository that the policy is of, {self.repository!r},"
                f" got those of {inventory.repository_name!r}; give the inventory of"
                f" {self.repository!r}, or the policy as a file with --policy to try it on others"
            )


def policy_text(path: Path) -> str:
    """Return the text of the policy in a file, out of what the AWS CLI prints around it too.

    Raises:
        ConfigurationError: If there is no such file, or it is an inventory.
    """
    text = read_text(path, "policy")
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        return text  # what is wrong with it is said where it is parsed
    if _is_inventory(document):
        raise ConfigurationError(
            f"policy {str(path)!r} must be a lifecycle policy, got an inventory of images; give it"
            " with --images, and the policy in its place"
        )
    printed = document.get(_PRINTED) if isinstance(document, dict) else document
    return printed if isinstance(printed, str) else text


def _is_inventory(document: Any) -> bool:
    """Tell whether a document is a page of images, several of them, or images."""
    first = document[0] if isinstance(document, list) and document else document
    return isinstance(first, dict) and not {"imageDetails", "imageIds", "imageDigest"}.isdisjoint(
        first
    )


def policy_in(path: Path) -> Chosen:
    """Return the policy in a file.

    Raises:
        ConfigurationError: If there is none that ECR would accept.
    """
    from ecr_constructs.model.lifecycle import LifecyclePolicy

    try:
        return Chosen(LifecyclePolicy.from_json(policy_text(path)))
    except PolicyDocumentError as error:
        first, *others = error.sentences
        place = f" [{error.path}]" if error.path and not others else ""
        number = f"{len(others)} more problem{'s' * (len(others) != 1)}"
        more = f", and {number}; see `lifecycle lint`" if others else ""
        raise ConfigurationError(f"policy {str(path)!r}: {first}{place}{more}") from None


def policy_of(
    repository: str, assembly: Path, *, account: str | None, region: str | None
) -> Chosen:
    """Return the policy that a repository has in an assembly or template.

    Args:
        repository: The repository's name or construct path.
        assembly: A directory that ``cdk synth`` writes, or one template.
        account: Which of several registries; and that of a lone template.
        region: The Region likewise.

    Raises:
        ConfigurationError: If there is no such repository, or it has no policy
            that is known at synthesis, or registries differ.
    """
    from ecr_constructs.access.finding import repositories_named
    from ecr_constructs.model.lifecycle import LifecyclePolicy
    from ecr_constructs.model.problem import Malformed
    from ecr_constructs.sources.assembly import read_assembly

    deployment = read_assembly(assembly, account=account, region=region)
    try:
        found = repositories_named(deployment, repository, account=account, region=region)
    except ConfigurationError as error:
        raise ConfigurationError(*error.sentences, path=str(assembly)) from None
    policies = {each.repository.lifecycle_policy for each in found}
    if len(policies) > 1:
        where = ", ".join(f"{each.registry.account} {each.registry.region}" for each in found)
        raise ConfigurationError(
            f"repository {repository!r} has different policies in several registries ({where}); "
            "write --account and --region"
        )
    (policy,) = policies
    if isinstance(policy, LifecyclePolicy):
        name = found[0].repository.repository_name
        return Chosen(policy, name if isinstance(name, str) else None)
    if policy is None:
        raise ConfigurationError(
            f"repository {repository!r} has no lifecycle policy in {str(assembly)!r}; write"
            " --policy POLICY to try one"
        )
    state = "is known only at deployment"
    if isinstance(policy, Malformed):
        state = f"is none that ECR accepts: {policy.problems[0].sentence}"
    raise ConfigurationError(
        f"the lifecycle policy of repository {repository!r} in {str(assembly)!r} {state}; write"
        " --policy POLICY"
    )


def refuse_idle_repository(repository: str | None, *, assembly: object) -> None:
    """Refuse a repository that no assembly is given for, as it would do nothing.

    Raises:
        ConfigurationError: If there is one.
    """
    if repository is not None and not assembly:
        raise ConfigurationError(
            f"--repository must be of an assembly, got {repository!r} and none; write --assembly"
            " ASSEMBLY, or drop it"
        )


def one_policy(
    policy: Path | None,
    assembly: Path | None,
    repository: str | None,
    account: str | None,
    region: str | None,
) -> Chosen:
    """Return the policy of the file, or of the repository in the assembly.

    Raises:
        ConfigurationError: If there is none, or two.
    """
    if (policy is None) == (assembly is None):
        raise ConfigurationError(
            f"a preview takes one policy, got {'none' if policy is None else 'two'}; "
            "write --policy POLICY, or --assembly ASSEMBLY --repository NAME"
        )
    if policy is not None:
        return policy_in(policy)
    assert assembly is not None
    return policy_of(_named(repository), assembly, account=account, region=region)


def two_policies(
    policies: list[Path],
    assemblies: list[Path],
    repository: str | None,
    account: str | None,
    region: str | None,
) -> tuple[Chosen, Chosen]:
    """Return the old and the new policy: of two files, or of a repository in two assemblies.

    Raises:
        ConfigurationError: If there are not two of one kind. Which of a file and an
            assembly is the older one, their options do not tell.
    """
    if sorted((len(policies), len(assemblies))) != [0, 2]:
        got = f"{len(policies)} of --policy"
        raise ConfigurationError(
            "a comparison takes two policies, the old one first, got"
            f" {got}{f' and {len(assemblies)} of --assembly' if assemblies else ''}; write --policy"
            " OLD --policy NEW, or --assembly OLD --assembly NEW --repository NAME"
        )
    if policies:
        old, new = map(policy_in, policies)
    else:
        name = _named(repository)
        old, new = (policy_of(name, each, account=account, region=region) for each in assemblies)
    return old, new


def _named(repository: str | None) -> str:
    if repository is None:
        raise ConfigurationError("--assembly needs a repository, got none; write --repository NAME")
    return repository
