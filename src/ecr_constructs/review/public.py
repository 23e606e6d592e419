"""What everybody may pull.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.repository import Origin
from ecr_constructs.review.access.matrix import StatementLine, statement_lines
from ecr_constructs.review.describe import place_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRepositoryReport:
    """A public repository, from which everybody may pull.

    Attributes:
        name: Its name.
        account: Its account.
        description: What the gallery shows in a line.
        statements: Who else may do what.
        deletion: What happens when it leaves its stack.
        exemptions: The controls that are loosened, and why.
        origin: The resource.
    """

    name: str
    account: str
    description: str
    statements: tuple[StatementLine, ...]
    deletion: str
    exemptions: tuple[Exemption, ...]
    origin: Origin | None

    @property
    def words(self) -> str:
        """Whose it is, who may do what, and its end."""
        others = "".join(f", {line.words}" for line in self.statements)
        return f"anyone pulls, account {self.account} pushes{others}; {self.deletion} on removal"


def public_repositories_of(deployment: Deployment) -> Iterator[PublicRepositoryReport]:
    """Yield what there is to say of each public repository, in the order of the model."""
    for each in deployment.public_repositories:
        yield PublicRepositoryReport(
            name=str(each.repository_name or place_of(each.origin)),
            account=str(each.account),
            description=str(each.catalog_data.repository_description or ""),
            statements=statement_lines(each.repository_policy),
            deletion="kept" if each.deletion_policy.startswith("Retain") else "deleted",
            exemptions=each.exemptions,
            origin=each.origin,
        )
