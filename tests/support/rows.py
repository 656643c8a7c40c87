"""Which mission rows have tests: `bin/test --rows`."""

from collections import Counter
from collections.abc import Iterable

import pytest

ROWS = (
    [f"R{n}" for n in range(1, 7)]
    + [f"L{n}" for n in range(1, 8)]
    + ["P1", "P2"]
    + [f"M{n}" for n in range(1, 6)]
    + [f"S{n}" for n in range(1, 5)]
    + [f"V{n}" for n in range(1, 5)]
    + [f"T{n}" for n in range(1, 5)]
    + [f"I{n}" for n in range(1, 4)]
)


def rows_of(item: pytest.Item) -> set[str]:
    """The rows an item's `mission` marks name. Refuses a row that is not in the mission."""
    rows = {str(row) for mark in item.iter_markers("mission") for row in mark.args}
    if unknown := rows - set(ROWS):
        raise pytest.UsageError(f"{item.nodeid} names no mission row: {', '.join(sorted(unknown))}")
    return rows


def table(items: Iterable[pytest.Item]) -> list[str]:
    """One line a row: id, browser journeys, other tests."""
    journeys, others = Counter[str](), Counter[str]()
    for item in items:
        count = journeys if "/journeys/" in item.nodeid else others
        count.update(rows_of(item))
    heading = f"{'row':<5}{'journeys':>9}{'other tests':>13}"
    return [heading, *(f"{row:<5}{journeys[row]:>9}{others[row]:>13}" for row in ROWS)]
