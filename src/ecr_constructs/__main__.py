"""The command line as `python -m ecr_constructs`."""

from __future__ import annotations

from ecr_constructs.cli import start

start()
