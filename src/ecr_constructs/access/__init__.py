"""Who can do what with a repository: IAM's evaluation of all policies that are known.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from ecr_constructs.access.answer import Access, Answer, Decision
from ecr_constructs.access.queries import AccessModel, can, who_can

__all__ = ["Access", "AccessModel", "Answer", "Decision", "can", "who_can"]
