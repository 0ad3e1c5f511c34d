"""Figures, printed as a table and written to bench.json."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is value by baseline; `reach` is what it should be at most."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    reach: float | None = None
    reached: bool | None = None


def compared(name: str, value: float, baseline: float, *, unit: str = "ms", reach: float | None = None) -> Figure:
    """A time beside that of its baseline, both measured in turn in this run."""
    ratio = round(value / baseline, 2)
    reached = None if reach is None else ratio <= reach
    return Figure(name, round(value, 2), unit, round(baseline, 2), ratio, reach, reached)


def counted(name: str, value: float, *, unit: str, reach: float) -> Figure:
    """Queries or requests."""
    return Figure(name, value, unit, reach=reach, reached=value <= reach)


def in_turn(first: Callable[[], object], second: Callable[[], object], *, times: int) -> tuple[float, float]:
    """Median milliseconds of two actions that are run in turn, so that a slow moment hits both."""
    first(), second()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for action, times_taken in zip((first, second), taken, strict=True):
            start = time.perf_counter()
            action()
            times_taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


def show(figures: list[Figure], path: Path) -> bool:
    """Print the table, write it as JSON; whether everything that has a reach is within it."""
    path.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n")
    width = max(len(figure.name) for figure in figures)
    print(f"{'':{width}}  {'value':>9} {'unit':8} {'baseline':>9} {'ratio':>6} {'reach':>6}")
    for figure in figures:
        verdict = {True: "", False: "  NOT REACHED", None: ""}[figure.reached]
        baseline, ratio, reach = (_plain(cell) for cell in (figure.baseline, figure.ratio, figure.reach))
        print(f"{figure.name:{width}}  {figure.value:>9} {figure.unit:8} {baseline:>9} {ratio:>6} {reach:>6}{verdict}")
    return all(figure.reached is not False for figure in figures)


def _plain(cell: float | None) -> str:
    return "" if cell is None else str(cell)
