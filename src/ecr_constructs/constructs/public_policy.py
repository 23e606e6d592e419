"""The gate of a public repository: everybody may pull, and nobody else than named may push.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ecr_constructs.constructs.exemptions import Exemptions
from ecr_constructs.constructs.ledger import StackLedger
from ecr_constructs.constructs.resource_policy import ResourcePolicy
from ecr_constructs.model.exposure import is_open
from ecr_constructs.model.governance import public_changes
from ecr_constructs.model.place import Place
from ecr_constructs.model.policy import PolicyKind
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.statement import Statement


class PublicPolicy(ResourcePolicy):
    """The statements of a public repository's policy, each checked as it comes.

    Args:
        path: Returns the construct's path, for error messages.
        ledger: The ledger of the construct's stack.
        place: Where the repository lies, and the baseline's organisation.
        exemptions: The controls that may be loosened.
    """

    def __init__(
        self,
        *,
        path: Callable[[], str],
        ledger: StackLedger,
        place: Place,
        exemptions: Exemptions,
    ) -> None:
        super().__init__(
            path=path,
            ledger=ledger,
            place=place,
            exemptions=exemptions,
            kind=PolicyKind.PUBLIC_REPOSITORY,
        )

    def problems_of(self, statement: Statement) -> Iterable[Problem]:
        """Yield what is wrong with one statement here."""
        yield from super().problems_of(statement)
        changes = sorted(public_changes(statement))
        if changes and is_open(statement):
            shown = changes[0] + f" and {len(changes) - 1} more" * (len(changes) > 1)
            yield problem_at(
                "repository_policy",
                "a public repository must not let anybody change it, whatever lets it be public,"
                f" got {shown} for anybody",
                "name accounts, or use Principals.organization(): everybody may pull already",
            )
