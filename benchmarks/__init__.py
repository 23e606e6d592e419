"""Measurements beside a peer or a limit, in one run each: `make bench`."""

import os

# Before CDK starts Node: its own validation is no part of what is measured, on either side.
os.environ.setdefault("CDK_VALIDATION", "false")
