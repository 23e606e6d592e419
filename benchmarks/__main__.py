"""Run the benchmarks named on the command line, or all: `python -m benchmarks synth`."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = ("synth", "lifecycle", "checks", "review")


def main(names: list[str]) -> int:
    """Run the benchmarks; 1 if one is over its limit, 2 if one does not exist."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}")
        return 2
    results = [importlib.import_module(f"benchmarks.{name}").main() for name in names or BENCHMARKS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
