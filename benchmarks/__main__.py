"""Run the benchmarks named on the command line, or all: `python -m benchmarks synth`."""

from __future__ import annotations

import importlib
import subprocess
import sys

BENCHMARKS = ("synth", "growth", "registry", "lifecycle", "checks", "review")


def main(names: list[str]) -> int:
    """Run the benchmarks; 1 if one is over its limit, 2 if one does not exist."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}")
        return 2
    if len(names) == 1:
        return 0 if importlib.import_module(f"benchmarks.{names[0]}").main() else 1
    # A process each: jsii keeps every app that was made, and memory counts from the start.
    commands = [[sys.executable, "-m", "benchmarks", name] for name in names or BENCHMARKS]
    return max(subprocess.run(command, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
