"""Rules about what AWS takes of all nine types, and what nobody can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.rule import Rule
from ecr_constructs.checks.settings import noted_for
from ecr_constructs.checks.sources import RESOURCES
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.registry import Located


def _readable(facts: Facts) -> Iterator[Located]:
    for located in facts.deployment.malformed:
        # An exemption that cannot be read has a rule of its own.
        if located.problem.id != "exemption":
            yield Located(located.origin, replace(located.problem, id=located.problem.path))


RULES: Final = (
    Rule(
        id="EcrGovernance-Readable",
        severity=Severity.ERROR,
        title="A template says what it means",
        explanation="A property of the wrong type, a reference to nothing, a creation template's"
        " policy that is no string: CloudFormation refuses it, and no rule can judge what it was"
        " meant to be. A nested stack whose template is not at hand, and what else cannot be read,"
        " may hold anything: of that nothing can be told.",
        remediation="Correct it where the finding says. Put templates of nested stacks into the"
        " assembly, as CDK does, or check them by themselves.",
        source=f"{RESOURCES}/introduction.html",
        check=_readable,
    ),
    Rule(
        id="EcrGovernance-Deployable",
        severity=Severity.ERROR,
        title="AWS accepts the properties of every resource",
        explanation="Names, patterns, limits, and properties that go together or exclude each"
        " other: what Amazon ECR or CloudFormation refuses fails the deployment half-way, often"
        " with a message that names neither the property nor the value.",
        remediation="This library's constructs refuse it at once, with the value and what to write"
        " instead. In CloudFormation: as the finding says.",
        source=f"{RESOURCES}/AWS_ECR.html",
        check=noted_for("Deployable"),
    ),
    Rule(
        id="EcrGovernance-Doubtful",
        severity=Severity.WARNING,
        title="Each property has an effect that is documented",
        explanation="A credential that the upstream does not take, more rules than the quota says,"
        " enhanced scanning without rules, a user where the guide knows roles: AWS takes it, or"
        " may, and it does nothing, or no page says what.",
        remediation="As the finding says: leave it out, or write what is documented.",
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html",
        check=noted_for("Doubtful"),
    ),
)
