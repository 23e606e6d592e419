"""How measurements are taken and printed: ratios, with the limit that the project set itself.

What is measured is work: the seconds of processor time of this process and of the Node
process that CDK runs in, so that what else the machine does changes little.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        name: What was measured.
        value: The measurement, in ``unit``.
        ratio: The measurement divided by its peer's; None for a peer itself.
        limit: The most that ``ratio`` may be; None where there is no limit.
    """

    name: str
    value: float
    ratio: float | None = None
    limit: float | None = None
    unit: str = "s"

    @property
    def is_over(self) -> bool:
        """Whether the ratio is above its limit."""
        return self.ratio is not None and self.limit is not None and self.ratio > self.limit


def best_of(runs: int, cases: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the least seconds of each case over several rounds.

    The cases take turns, so that what else the machine does falls on all. What the
    library remembers of an earlier round is forgotten, as a command starts without it.
    """
    least = dict.fromkeys(cases, float("inf"))
    for _ in range(runs):
        for name, case in cases.items():
            _forget()
            gc.collect()
            start = _worked()
            case()
            least[name] = min(least[name], _worked() - start)
    return least


def _forget() -> None:
    """Empty the caches of the library's functions."""
    for name, module in tuple(sys.modules.items()):
        if name.partition(".")[0] == "ecr_constructs":
            for value in tuple(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _worked() -> float:
    """Return the processor time of this process and of those that it runs, in seconds.

    Only Linux tells that of others; elsewhere it is the time on the clock.
    """
    own = Path(f"/proc/{os.getpid()}/task")
    return time.process_time() + sum(_below(own)) if own.is_dir() else time.perf_counter()


def _below(tasks: Path) -> Iterator[float]:
    """Yield the processor time of each process that a process has started, and those of these."""
    for task in tasks.iterdir():
        for child in (task / "children").read_text(encoding="utf-8").split():
            folder = Path("/proc") / child
            # The fields behind the name, which may hold anything: user and system time come 12th.
            times = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
            yield sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
            yield from _below(folder / "task")


def show(title: str, rows: list[Row]) -> bool:
    """Print a table of measurements; return whether all are within their limits."""
    print(f"\n{title}")
    width = max(len(row.name) for row in rows)
    for row in rows:
        line = f"  {row.name:{width}}  {row.value:9.3f} {row.unit}"
        if row.ratio is not None:
            line += f"  {row.ratio:6.2f} x"
        if row.limit is not None:
            line += f"  (limit {row.limit:g} x{', OVER' if row.is_over else ''})"
        print(line)
    return not any(row.is_over for row in rows)
