"""Say what is wrong and what is odd about a lifecycle policy.

Layer: lifecycle; imports ``errors`` and ``model``.

Errors are what ECR refuses. Warnings are what it accepts and what surprises
people, most of them told in the issues of
https://github.com/aws/containers-roadmap.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.lifecycle.evidence import Evidence
from ecr_constructs.lifecycle.ranked import ranked
from ecr_constructs.lifecycle.surprises import surprises
from ecr_constructs.model.lifecycle import LifecyclePolicy, document_problems, text_problems
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.service import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ecr_constructs.lifecycle.images import Image


def lint(
    policy: object,
    *,
    images: Iterable[Image] | None = None,
    now: datetime | None = None,
) -> list[Problem]:
    """Return everything that is wrong with a policy or odd about it, errors first.

    Args:
        policy: A :class:`LifecyclePolicy`, or the parsed JSON of one.
        images: All images of a repository, for warnings that name the images
            which show them. Default: the policy is judged by itself.
        now: The time of the evaluation; required with ``images``.

    Returns:
        The problems with their JSON paths. While there are errors, oddities
        are not looked for.

    Raises:
        ConfigurationError: If ``images`` comes without ``now``.
    """
    if images is not None and now is None:
        raise ConfigurationError("now is required with images, got none; give the time to judge at")
    if isinstance(policy, LifecyclePolicy):
        problems = policy.problems()
    else:
        problems = document_problems(policy)
    if not any(problem.severity is Severity.ERROR for problem in problems):
        valid = (
            policy if isinstance(policy, LifecyclePolicy) else LifecyclePolicy.from_document(policy)
        )
        rules = ranked(valid)
        evidence = Evidence(valid, rules, images, now) if images is not None and now else None
        problems += surprises(rules, evidence)
    return sorted(problems, key=lambda problem: problem.severity.weight)


def lint_text(
    text: str, *, images: Iterable[Image] | None = None, now: datetime | None = None
) -> list[Problem]:
    """Return what :func:`lint` says about the JSON text of a policy, and about the text itself."""
    broken = [problem for problem in text_problems(text) if problem.id in ("json", "token")]
    if broken:
        return broken
    problems = [*_repeated_members(json.loads(text, object_pairs_hook=_Pairs), "")]
    if len(text.strip()) > limits.LIFECYCLE_TEXT_MAX:
        problems.append(
            Problem(
                id="text-indented",
                message=f"the text as it stands must have {limits.LIFECYCLE_TEXT_MAX} characters "
                f"or less to be put by hand, got {len(text.strip())}",
                fix="leave out the indentation, as CDK does",
                severity=Severity.WARNING,
            )
        )
    problems += lint(json.loads(text), images=images, now=now)
    return sorted(problems, key=lambda problem: problem.severity.weight)


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object, repeated ones too."""


def _repeated_members(value: object, path: str) -> Iterator[Problem]:
    """Warn of a member that is there twice: Python reads the last one, others the first."""
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for name, member in value:
            below = f"{path}.{name}" if path else name
            if name in seen:
                yield Problem(
                    id="repeated-member",
                    message=f"{name} stands here twice, and which one ECR reads is not verified",
                    fix="keep one of them",
                    path=below,
                    severity=Severity.WARNING,
                )
            seen.add(name)
            yield from _repeated_members(member, below)
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _repeated_members(entry, f"{path}[{index}]")
