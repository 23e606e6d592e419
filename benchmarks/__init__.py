"""Measurements beside a peer or a limit, in one run each: `make bench`."""
