"""Measures everything and prints one table of ratios: `python -m tests.benchmarks [--markdown] [NAME …]`."""

import argparse
import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.ground import Row


def main() -> int:
    """0 even where a target is missed: a shared machine is no judge."""
    there = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", choices=[*there, []], help=f"which: {', '.join(there)}")
    parser.add_argument("--markdown", action="store_true", help="as the README quotes it")
    parser.add_argument("--rounds", type=int, default=5)
    told = parser.parse_args()
    line = _markdown if told.markdown else _plain
    _print(line("job / floor", "ratio", "target", ""))
    if told.markdown:
        _print("|---|--:|--:|---|")
    for name in told.names or there:
        rows: Iterable[tuple[str, float, float | None]] = importlib.import_module(
            f"tests.benchmarks.bench_{name}"
        ).run(told.rounds)
        for row in rows:
            _print(line(*_worded(Row(*row))))
    return 0


def _worded(row: Row) -> tuple[str, str, str, str]:
    if row.target is None:
        return row.name, f"{row.ratio:.2f}", "", "to compare"
    return row.name, f"{row.ratio:.2f}", f"≤ {row.target:g}", "met" if row.ratio <= row.target else "MISSED"


def _plain(name: str, ratio: str, target: str, verdict: str) -> str:
    return f"{name:80} {ratio:>7}  {target:>7}  {verdict}".rstrip()


def _markdown(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
