"""A live registry as a deployment of the model.

Layer: sources; imports ``model`` and ``service``.

Source: the operations that describe and get, below
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol, TypeAlias

from ecr_constructs.errors import SourceError
from ecr_constructs.model.account_setting import AccountSetting, AccountSettingName
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.pull_time_exclusion import PullTimeUpdateExclusion
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.replication import Replication
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.scanning import Scanning, ScanType
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.service.limits import REGIONS_WITHOUT_SIGNING
from ecr_constructs.sources.aws.connection import CALLS_AT_A_TIME
from ecr_constructs.sources.aws.ecr_api import PAGE, Answer


class Answers(Protocol):
    """What the API answers: asked now, or printed by the AWS CLI before.

    Attributes:
        region: The registry's Region.
    """

    @property
    def region(self) -> str:
        """The registry's Region."""

    def call(self, method: str, **parameters: Any) -> Answer:
        """Return what an operation answers."""

    def find(
        self, method: str, *, missing: str | frozenset[str], **parameters: Any
    ) -> Answer | Unresolved | None:
        """Return what an operation answers; None where there is none, unresolved if not known."""

    def entries(self, method: str, member: str, **parameters: Any) -> Iterator[Any]:
        """Yield the entries of a list that an operation gives in pages."""


#: Told how many repositories were read, and of how many.
Progress: TypeAlias = Callable[[int, int], None]

#: The member of an answer, by the operation that gives it in pages.
_LISTS: Final = {
    "describe_pull_through_cache_rules": "pullThroughCacheRules",
    "describe_repository_creation_templates": "repositoryCreationTemplates",
    "list_pull_time_update_exclusions": "pullTimeUpdateExclusions",
}
#: What an API may say that does not know a setting; which of the two is not documented.
_NO_SETTING: Final = frozenset({"InvalidParameterException", "ValidationException"})


def read_registry(
    api: Answers, *, account: str | None = None, on_progress: Progress | None = None
) -> Deployment:
    """Read the registry of one account in one Region.

    It takes eleven calls and three for each repository: its two policies and its
    tags. The credentials must allow ``ecr:DescribePullThroughCacheRules``,
    ``DescribeRegistry``, ``DescribeRepositories``,
    ``DescribeRepositoryCreationTemplates``, ``GetAccountSetting``,
    ``GetLifecyclePolicy``, ``GetRegistryPolicy``,
    ``GetRegistryScanningConfiguration``, ``GetRepositoryPolicy``,
    ``GetSigningConfiguration``, ``ListPullTimeUpdateExclusions`` and
    ``ListTagsForResource``.

    What only a template tells (``DeletionPolicy``, ``EmptyOnDelete``,
    exemptions) has its default; public repositories, the identities of IAM and
    the rules of EventBridge are not read. A policy that cannot be read is
    :class:`~ecr_constructs.model.problem.Malformed`, and the rest is read.

    What nobody has set is None: basic scanning without rules, replication and
    signing without rules, a policy that is not there.

    Args:
        api: The registry.
        account: 12 digits: the account that it must be of. Default: any.
        on_progress: Told how many repositories were read, and of how many.

    Raises:
        SourceError: If it is of another account.
        ApiError: If a call fails; half a registry is never given.
    """
    described = api.call("describe_registry")
    if account not in (None, described["registryId"]):
        raise SourceError(
            f"the credentials must be of account {account}, got ones of account"
            f" {described['registryId']}; name another profile"
        )
    return Deployment(
        is_live=True,
        registries=(
            Registry(
                account=described["registryId"],
                region=api.region,
                repositories=tuple(_repositories(api, on_progress)),
                registry_policy=_registry_policy(api),
                scanning=_scanning(api),
                replication=_replication(described),
                signing=_signing(api),
                creation_templates=tuple(
                    sorted(
                        map(
                            CreationTemplate.from_api,
                            _all(api, "describe_repository_creation_templates"),
                        ),
                        key=lambda each: str(each.prefix),
                    )
                ),
                pull_through_cache_rules=tuple(
                    sorted(
                        map(
                            PullThroughCacheRule.from_api,
                            _all(api, "describe_pull_through_cache_rules"),
                        ),
                        key=lambda each: str(each.ecr_repository_prefix),
                    )
                ),
                pull_time_exclusions=tuple(
                    map(
                        PullTimeUpdateExclusion.from_api,
                        sorted(_all(api, "list_pull_time_update_exclusions")),
                    )
                ),
                account_settings=tuple(_account_settings(api)),
            ),
        ),
    )


def _all(api: Answers, method: str) -> Iterator[Any]:
    return api.entries(method, _LISTS[method], maxResults=PAGE)


def _repositories(api: Answers, on_progress: Progress | None) -> Iterator[Repository]:
    described = sorted(
        api.entries("describe_repositories", "repositories", maxResults=PAGE),
        key=lambda each: str(each["repositoryName"]),
    )
    with ThreadPoolExecutor(CALLS_AT_A_TIME) as pool:
        # The first failure ends it: what is not yet asked is not asked any more.
        read = pool.map(lambda each: _repository(api, each), described)
        for number, repository in enumerate(read, 1):
            if on_progress is not None:
                on_progress(number, len(described))
            yield repository


def _repository(api: Answers, described: Answer) -> Repository:
    name = described["repositoryName"]
    lifecycle = api.find(
        "get_lifecycle_policy", missing="LifecyclePolicyNotFoundException", repositoryName=name
    )
    policy = api.find(
        "get_repository_policy", missing="RepositoryPolicyNotFoundException", repositoryName=name
    )
    tags = api.call("list_tags_for_resource", resourceArn=described["repositoryArn"])
    return Repository.from_api(
        described,
        lifecycle_policy_text=_text(lifecycle, "lifecyclePolicyText"),
        policy_text=_text(policy, "policyText"),
        tags=tags.get("tags", ()),
    )


def _text(answer: Answer | Unresolved | None, member: str) -> Text | None:
    if answer is None or isinstance(answer, Unresolved):
        return answer
    text: str = answer[member]
    return text


def _account_settings(api: Answers) -> Iterator[AccountSetting]:
    for name in sorted(AccountSettingName):
        found = api.find("get_account_setting", missing=_NO_SETTING, name=str(name))
        if found is not None and not isinstance(found, Unresolved) and found.get("value"):
            yield AccountSetting.from_api(found)


def _registry_policy(api: Answers) -> Policy | Malformed | Unresolved | None:
    found = api.find("get_registry_policy", missing="RegistryPolicyNotFoundException")
    return Fields({"PolicyText": _text(found, "policyText")}).document(
        "PolicyText", Policy.from_document
    )


def _scanning(api: Answers) -> Scanning | None:
    answer = api.call("get_registry_scanning_configuration")
    scanning = Scanning.from_api(answer["scanningConfiguration"])
    is_default = scanning.scan_type == ScanType.BASIC and not scanning.rules
    return None if is_default else scanning


def _replication(described: Answer) -> Replication | None:
    replication = Replication.from_api(described.get("replicationConfiguration", {}))
    return replication if replication.rules else None


def _signing(api: Answers) -> Signing | Unresolved | None:
    if api.region in REGIONS_WITHOUT_SIGNING:
        return None
    found = api.find("get_signing_configuration", missing="SigningConfigurationNotFoundException")
    if isinstance(found, Unresolved):
        return found
    signing = Signing.from_api({} if found is None else found["signingConfiguration"])
    return signing if signing.rules else None
