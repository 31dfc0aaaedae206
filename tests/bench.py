"""`make bench`: how much slower things get as data grows, measured in one run.

Ratios, not seconds, since machines differ (DESIGN.md §6). A ratio beyond its bound
fails the run.
"""

import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from cpor.embedded import services

FEW, MANY = 1_000, 50_000
COMPANIES = 20
REPEATS = 15
KILLS = 200


@dataclass(frozen=True)
class Ratio:
    """One measurement against another of the same run."""

    name: str
    value: float
    bound: float

    @property
    def is_good(self) -> bool:
        return self.value <= self.bound

    def __str__(self) -> str:
        mark = "ok" if self.is_good else "TOO SLOW"
        return f"{self.name:58} {self.value:6.2f}  (at most {self.bound:g})  {mark}"


def median_of(work: Callable[[], object]) -> float:
    """Return the median seconds of some runs, after one to warm up."""
    work()
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return statistics.median(times)


def main() -> int:
    with services.throwaway() as named:
        os.environ.update(
            named, CPOR_ENV="test", DJANGO_SETTINGS_MODULE="cpor.settings"
        )
        import django  # noqa: PLC0415 -- the settings read the environment above

        django.setup()
        from tests import (  # noqa: PLC0415
            bench_catchup,
            bench_claims,
            bench_clocks,
            doors,
            stress,
        )

        doors.set_up_in_the_system_scope()
        ratios = [
            *bench_claims.measure(FEW, MANY, COMPANIES, median_of, Ratio),
            *bench_catchup.measure(Ratio),
        ]
        stress.kill(KILLS)
        ratios += bench_clocks.measure(Ratio)
    for ratio in ratios:
        sys.stdout.write(f"{ratio}\n")
    return 0 if all(ratio.is_good for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main())
