"""A finding that somebody has silenced with CDK, and why.

Layer: model; imports the standard library only.

Source: ``Validations.of(scope).acknowledge(...)`` of aws-cdk-lib, which
cdk-nag 3 uses too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A rule that does not count below a construct, and why.

    *Exemption* is this library's word, *acknowledgement* is CDK's.

    Attributes:
        id: As the app's author wrote it: a rule's bare id, or
            ``<plugin>::<rule>``.
        reason: Why; CDK takes an empty one.
        construct_path: Where it was said; it holds there and in all below.
            Empty for the app.
    """

    id: str
    reason: str
    construct_path: str

    def covers(self, construct_path: str | None) -> bool:
        """Tell whether it holds for the construct at a path; None is a path nobody knows.

        A construct's primary resource counts as the construct.

        >>> Acknowledgement("AwsSolutions-ECR1", "...", "Main").covers("Main/Api")
        True
        """
        if construct_path is None:
            return False
        if not self.construct_path:
            return True
        is_below = f"{construct_path}/".startswith(f"{self.construct_path}/")
        return is_below or self.construct_path == f"{construct_path}/Resource"
