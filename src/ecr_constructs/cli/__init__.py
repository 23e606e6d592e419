"""The command line: commands without logic of their own.

Layer: on top of everything but ``constructs`` and ``nag``; never loads CDK.
"""

from __future__ import annotations

import sys


def start() -> None:
    """Run the command line and exit with its status."""
    from ecr_constructs.cli._standard_output import last_to_the_end

    last_to_the_end()
    try:
        from ecr_constructs.cli.main import run
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("ecr_constructs"):
            raise
        sys.stderr.write(
            f"ecr-constructs: the command line needs {error.name!r}, which is not installed;"
            " run: pip install 'ecr-constructs[cli]'\n"
        )
        sys.exit(2)
    sys.exit(run(sys.argv[1:]))
