"""A pack of 30 cases drawn once, and the same stamped and encrypted for 16 recipients, against platypus."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import process_time
from uuid import UUID

from agenda.pack_words import worded
from agenda.pdf import draw
from meetingsvc.packs import Stamp, passphrase, stamp_many
from tests.a_pack import WHEN, a_full_pack, built_fonts
from tests.benchmarks.floors_pack import platypus, register


def run(rounds: int = 5) -> list[tuple[str, float, float]]:
    """Row name, median of the paired ratios, target."""
    pack, fonts = a_full_pack(30), built_fonts()
    words = worded(pack)
    register(fonts)
    stamps = [
        (
            Stamp(f"Recipient {n}", "Fellside Housing", n, WHEN + timedelta(minutes=n), UUID(int=n)),
            passphrase(),
        )
        for n in range(1, 17)
    ]

    def recipients() -> None:
        for _ in stamp_many(draw(pack, fonts), stamps, fonts):
            pass

    jobs: list[tuple[str, Callable[[], object], float]] = [
        ("pack of 30 cases, about 100 pages: one render / platypus", lambda: draw(pack, fonts), 1.3),
        ("pack for 16 recipients, AES-256, stamped / one platypus render", recipients, 2.2),
    ]
    platypus(words)
    draw(pack, fonts)
    ratios: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for place, (_, job, _) in enumerate(jobs):
            floor = _seconds(lambda: platypus(words))
            ratios[place].append(_seconds(job) / floor)
    return [(name, median(found), target) for (name, _, target), found in zip(jobs, ratios, strict=True)]


def _seconds(job: Callable[[], object]) -> float:
    """Of the processor: what else the machine does meanwhile is not counted."""
    started = process_time()
    job()
    return process_time() - started


if __name__ == "__main__":
    for name, ratio, target in run():
        print(f"{name:66} {ratio:5.2f}  target {target}")  # noqa: T201
