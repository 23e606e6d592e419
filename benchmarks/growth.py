"""Whether a repository costs as much among four thousand as among a thousand."""

from __future__ import annotations

from benchmarks.report import Row, best_of, show
from benchmarks.synth import REPOSITORIES, ROUNDS, allowed, synthesise

FACTOR = 4


def main() -> bool:
    """Measure and print; return whether the limit holds."""
    synthesise(allowed, 10)  # loads what CDK loads lazily
    some, many = best_of(
        ROUNDS,
        {
            "some": lambda: synthesise(allowed, REPOSITORIES),
            "many": lambda: synthesise(allowed, FACTOR * REPOSITORIES),
        },
    ).values()
    rows = [
        Row(f"{REPOSITORIES:,} repositories", some),
        Row(f"{FACTOR * REPOSITORIES:,}, for each", many, many / FACTOR / some, 1.25),
    ]
    return show("growth of build and synth, repositories with allow_pull", rows)
