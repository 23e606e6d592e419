"""What the owner of another account or app must apply, because this app cannot.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecr_constructs.model.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A repository policy for a repository that the app does not own.

    Attributes:
        repository_name: The repository.
        account: Its account; may be a token.
        region: Its Region; may be a token.
        policy: The statements that its policy must gain.
    """

    repository_name: str
    account: str
    region: str
    policy: Policy

    @property
    def sentence(self) -> str:
        """What to do, with the statements and the command that sets a policy."""
        return (
            f"repository {self.repository_name!r} is not owned by this app, so its policy cannot"
            " be changed from here; its owner must add these statements to it:"
            f" {self.policy.to_json()} (aws ecr set-repository-policy --registry-id {self.account}"
            f" --region {self.region} --repository-name {self.repository_name} --policy-text ..."
            " replaces the whole policy: keep the statements that are there)"
        )
