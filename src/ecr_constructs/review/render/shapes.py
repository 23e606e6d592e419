"""How a class of change and a severity look: a shape and a word, beside the colour.

Layer: review.
"""

from __future__ import annotations

from typing import Final

from ecr_constructs.model.problem import Severity
from ecr_constructs.review.change.difference import ChangeClass

#: A shape for each class: full for what takes something away, hollow for what adds.
SHAPES: Final = {
    ChangeClass.LOST: "✖",
    ChangeClass.WIDENED: "▲",
    ChangeClass.NARROWED: "▼",
    ChangeClass.WEAKENED: "◆",
    ChangeClass.STRENGTHENED: "◇",
    ChangeClass.STOPPED: "■",
    ChangeClass.STARTED: "□",
    ChangeClass.UNSCANNED: "●",
    ChangeClass.SCANNED: "○",
    ChangeClass.REPLACED: "⇄",
    ChangeClass.HARMLESS: "·",
}
#: What each class is as a finding, and what colour goes with it.
SEVERITIES: Final = {
    ChangeClass.LOST: Severity.ERROR,
    ChangeClass.WIDENED: Severity.ERROR,
    ChangeClass.NARROWED: Severity.WARNING,
    ChangeClass.WEAKENED: Severity.WARNING,
    ChangeClass.STRENGTHENED: Severity.NOTE,
    ChangeClass.STOPPED: Severity.WARNING,
    ChangeClass.STARTED: Severity.NOTE,
    ChangeClass.UNSCANNED: Severity.WARNING,
    ChangeClass.SCANNED: Severity.NOTE,
    ChangeClass.REPLACED: Severity.WARNING,
    ChangeClass.HARMLESS: Severity.NOTE,
}
SEVERITY_SHAPES: Final = {Severity.ERROR: "✖", Severity.WARNING: "▲", Severity.NOTE: "·"}
