"""Print the catalogue as docs/rules.md has it: ``python -m ecr_constructs.checks``."""

from __future__ import annotations

import sys

from ecr_constructs.checks.catalogue import to_markdown
from ecr_constructs.checks.rules import CATALOGUE

if __name__ == "__main__":
    sys.stdout.write(to_markdown(CATALOGUE))
