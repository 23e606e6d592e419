"""What the library raises when it is given something wrong.

Layer: ground; imports the standard library only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


class ConfigurationError(ValueError):
    """A value that breaks a rule of ECR, of CloudFormation or of the baseline.

    The message is whole by itself: an exception that crosses jsii arrives as a
    ``RuntimeError`` that carries nothing but this text.

    Args:
        sentences: One sentence for each thing that is wrong: what was given,
            which rule it breaks, what to write instead.
        path: Where it is wrong: a construct path or a JSON path. Appended to
            the message when given.
    """

    def __init__(self, *sentences: str, path: str | None = None) -> None:
        self.sentences: Final[Sequence[str]] = sentences
        self.path: Final[str | None] = path
        text = (
            sentences[0]
            if len(sentences) == 1
            else f"{len(sentences)} problems" + "".join(f"\n  - {line}" for line in sentences)
        )
        super().__init__(f"{text} [{path}]" if path else text)


class PolicyDocumentError(ConfigurationError):
    """A JSON document that is no policy; ``path`` is the JSON path of the first problem."""


class SourceError(ConfigurationError):
    """An assembly, a template or an inventory that cannot be read; ``path`` is the file."""
