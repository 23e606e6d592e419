"""Who can do what with a repository: IAM's evaluation of all policies that are known.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from ecr_constructs.access.answer import Answer, Decision
from ecr_constructs.access.queries import AccessModel, can, who_can
from ecr_constructs.access.who import Access

__all__ = ["Access", "AccessModel", "Answer", "Decision", "can", "who_can"]
