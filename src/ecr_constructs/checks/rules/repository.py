"""Rules about ``AWS::ECR::Repository``, and what repositories share with their templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts, each_repository
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.sources import GUIDE, RESOURCES
from ecr_constructs.model.baseline import Control
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.registry import Located, Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.tag_mutability import keeps_tags
from ecr_constructs.model.unresolved import Text, Unresolved, is_known

#: The key that AWS owns, by its alias.
_AWS_KEY: Final = "alias/aws/ecr"


def _mutable_tags(mode: Text, filters: tuple[Text, ...], what: str) -> Iterator[Problem]:
    """Yield the problem that pushed tags can be overwritten in ``what``."""
    kept = keeps_tags(mode, filters)
    if kept:
        return
    given = f"ImageTagMutability is {mode}"
    if filters:
        given += f" except {', '.join(map(str, filters))}"
    if kept is None:
        yield violation(
            f"whether a tag pushed to {what} can be overwritten cannot be told: {given}",
            "write IMMUTABLE in the template",
            path="ImageTagMutability",
            unknown=True,
        )
    else:
        yield violation(
            f"a tag pushed to {what} can be overwritten: {given}",
            "write IMMUTABLE, or IMMUTABLE_WITH_EXCLUSION with the tags that move",
            path="ImageTagMutability",
        )


def _other_key(encryption: Encryption, what: str) -> Iterator[Problem]:
    """Yield the problem that the images of ``what`` are not encrypted with a key of one's own."""
    kind, key = encryption.type, encryption.kms_key
    path, fix = "EncryptionConfiguration", "write EncryptionType KMS, and KmsKey with a key's ARN"
    if kind in {EncryptionType.KMS, EncryptionType.KMS_DSSE} and key is not None:
        if isinstance(key, Unresolved) and key.may_be(_AWS_KEY):
            yield violation(
                f"whose key encrypts {what} cannot be told: KmsKey is {key}",
                fix,
                path=f"{path}.KmsKey",
                unknown=True,
            )
        elif str(key).endswith(_AWS_KEY):
            yield violation(f"AWS owns the key of {what}: KmsKey is {key}", fix, path=path)
    elif not is_known(kind):
        yield violation(
            f"how {what} is encrypted cannot be told: EncryptionType is {kind}",
            fix,
            path=f"{path}.EncryptionType",
            unknown=True,
        )
    else:
        given = "KMS without KmsKey, which is aws/ecr" if kind != EncryptionType.AES256 else kind
        yield violation(f"AWS owns the key of {what}: EncryptionType is {given}", fix, path=path)


def _tag_immutability(facts: Facts) -> Iterator[Located]:
    for _, repository, origin in facts.repositories:
        mode, filters = repository.image_tag_mutability, repository.exclusion_filters
        for problem in _mutable_tags(mode, filters, "the repository"):
            yield Located(origin, problem)
    for _, template, origin in facts.templates:
        # Tags of what a cache holds move with those of the upstream.
        if set(template.applied_for) == {AppliedFor.PULL_THROUGH_CACHE}:
            continue
        mode, filters = template.image_tag_mutability, template.exclusion_filters
        for problem in _mutable_tags(mode, filters, "what the template creates"):
            yield Located(origin, problem)


def _customer_managed_key(facts: Facts) -> Iterator[Located]:
    for _, repository, origin in facts.repositories:
        for problem in _other_key(repository.encryption, "the repository"):
            yield Located(origin, problem)
    for _, template, origin in facts.templates:
        for problem in _other_key(template.encryption, "what the template creates"):
            yield Located(origin, problem)


def _retain_on_delete(registry: Registry, repository: Repository) -> Iterator[Problem]:
    del registry
    ends = _ends(repository)
    if not ends:
        return
    unknown = all(_is_unknown(policy) for _, policy in ends.values())
    what = "whether the repository stays cannot be told" if unknown else "the repository goes"
    given = " and ".join(f"{when} ({name} is {policy})" for name, (when, policy) in ends.items())
    yield violation(
        f"{what}{':' if unknown else ''} {given}",
        f"write {' and '.join(f'{name}: Retain' for name in ends)}",
        unknown=unknown,
    )


def _image_deletion(registry: Registry, repository: Repository) -> Iterator[Problem]:
    del registry
    empties = repository.empty_on_delete
    ends = {} if empties is False else _ends(repository)
    if not ends:
        return
    unknown = empties is not True or all(_is_unknown(policy) for _, policy in ends.values())
    what = "whether all images are deleted cannot be told" if unknown else "all images are deleted"
    flag = "true" if empties is True else str(empties)
    given = " and ".join(f"{when} ({name} is {policy})" for name, (when, policy) in ends.items())
    yield violation(
        f"{what}: EmptyOnDelete is {flag}, and the repository goes {given}",
        "leave EmptyOnDelete out, so that a repository that holds images is not deleted",
        path="EmptyOnDelete",
        unknown=unknown,
    )


def _ends(repository: Repository) -> dict[str, tuple[str, str]]:
    """Return when the repository is, or may be, deleted: the attribute, when, and its value.

    A live registry does not tell what CloudFormation would do.
    """
    ends: dict[str, tuple[str, str]] = {}
    if repository.origin is None:
        return ends
    if not repository.deletion_policy.startswith("Retain"):
        ends["DeletionPolicy"] = "when it leaves its stack", repository.deletion_policy
    if not repository.update_replace_policy.startswith("Retain"):
        ends["UpdateReplacePolicy"] = "when it is replaced", repository.update_replace_policy
    return ends


def _is_unknown(policy: str) -> bool:
    return "${" in policy


def _repository_tags(registry: Registry, repository: Repository) -> Iterator[Problem]:
    del registry
    fix = "add tags={'team': '...'}"
    if not repository.tags:
        yield violation("the repository has no tags", fix, path="Tags")
    elif not any(is_known(key) for key, _ in repository.tags):
        message = "whether the repository has tags cannot be told: none of their keys is known"
        yield violation(message, fix, path="Tags", unknown=True)


RULES: Final = (
    Rule(
        id="EcrGovernance-TagImmutability",
        severity=Severity.ERROR,
        title="A pushed tag is never overwritten",
        explanation="Whoever may push to a mutable tag changes what is running under it, without"
        " a trace in the deployments that name the tag. IMMUTABLE_WITH_EXCLUSION passes, as it"
        " names the tags that move, unless a filter of wildcards alone names all. Creation"
        " templates count too, but for those that serve a pull through cache alone: there an"
        " immutable tag would never be updated.",
        remediation="Leave image_tag_mutability out: IMMUTABLE is the default. In CloudFormation:"
        " ImageTagMutability: IMMUTABLE.",
        source=f"{GUIDE}/image-tag-mutability.html",
        control=Control.TAG_IMMUTABILITY,
        elsewhere={
            "Security Hub": "ECR.2",
            "AWS Config": "ecr-private-tag-immutability-enabled",
            "Control Tower": "CT.ECR.PR.3",
            "Prowler": "ecr_repositories_tag_immutability",
            "checkov": "CKV_AWS_51",
            "Trivy": "AWS-0031",
            "KICS": "33f41d31-86b1-46a4-81f7-9c9a671f59ac",
        },
        check=_tag_immutability,
    ),
    Rule(
        id="EcrGovernance-CustomerManagedKey",
        severity=Severity.ERROR,
        title="Images are encrypted with a key of one's own",
        explanation="AES256 and the key aws/ecr protect images at rest, and nobody but AWS can"
        " take them away from whoever may pull. A key of one's own can be restricted, audited and"
        " disabled. Encryption is fixed when a repository is created: a change replaces it by an"
        " empty one.",
        remediation="Baseline(customer_managed_keys=True), or encryption_key=... at a repository."
        " In CloudFormation: EncryptionConfiguration: {EncryptionType: KMS, KmsKey: <ARN>}.",
        source=f"{GUIDE}/encryption-at-rest.html",
        control=Control.CUSTOMER_MANAGED_KEY,
        opt_in=True,
        elsewhere={
            "Security Hub": "ECR.5",
            "AWS Config": "ecr-repository-cmk-encryption-enabled",
            "checkov": "CKV_AWS_136",
            "Trivy": "AWS-0033",
        },
        check=_customer_managed_key,
    ),
    Rule(
        id="EcrGovernance-RetainOnDelete",
        severity=Severity.WARNING,
        title="A repository outlives its stack",
        explanation="CloudFormation deletes a repository that leaves its stack, or fails to where"
        " it holds images, and then the stack is stuck. A new name or another encryption replaces"
        " it, which ends the same way for the old one. With DeletionPolicy and UpdateReplacePolicy"
        " Retain it stays.",
        remediation="Leave removal_policy out: RETAIN is the default. In CloudFormation:"
        " DeletionPolicy: Retain and UpdateReplacePolicy: Retain.",
        source=f"{RESOURCES}/aws-attribute-deletionpolicy.html",
        control=Control.RETAIN_ON_DELETE,
        check=each_repository(_retain_on_delete),
    ),
    Rule(
        id="EcrGovernance-ImageDeletion",
        severity=Severity.ERROR,
        title="No images are deleted with their repository",
        explanation="EmptyOnDelete deletes all images where CloudFormation deletes the repository:"
        " when it leaves its stack, when the stack goes, and when a new name or another encryption"
        " replaces it. There is no way back.",
        remediation="Leave removal_policy and empty_on_delete out. In CloudFormation: no"
        " EmptyOnDelete, or DeletionPolicy and UpdateReplacePolicy Retain.",
        source=f"{RESOURCES}/aws-resource-ecr-repository.html",
        control=Control.RETAIN_ON_DELETE,
        check=each_repository(_image_deletion),
    ),
    Rule(
        id="EcrGovernance-RepositoryTags",
        severity=Severity.WARNING,
        title="A repository has tags",
        explanation="Tags say whose a repository is, split its cost and bound who may use it"
        " (aws:ResourceTag). An organisation that works with them wants them everywhere.",
        remediation="tags={'team': 'payments'}. In CloudFormation: Tags.",
        source=f"{GUIDE}/ecr-using-tags.html",
        opt_in=True,
        elsewhere={"AWS Config": "ecr-repository-tagged"},
        check=each_repository(_repository_tags),
    ),
)
