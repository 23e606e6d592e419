"""The review: what registries are, what a change means, and renderers for both.

Layer: review; imports everything below it, never CDK.
"""

from __future__ import annotations

from ecr_constructs.review.change.difference import Change, ChangeClass, Difference
from ecr_constructs.review.inventories import NamedInventory
from ecr_constructs.review.report import Report
from ecr_constructs.review.run import Review, review

__all__ = [
    "Change",
    "ChangeClass",
    "Difference",
    "NamedInventory",
    "Report",
    "Review",
    "review",
]
