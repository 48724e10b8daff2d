"""Timed work that is done for one area after another."""

from collections.abc import Callable, Sequence
from uuid import UUID

import structlog

from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved

WORKER = "worker"
log = structlog.get_logger()


class Unfinished(Exception):
    """Some areas could not be done; the others are."""


def in_turn(doing: str, areas: Sequence[UUID], work: Callable[[UUID], int]) -> int:
    """Does it for each area, in a transaction of its own; says how much was done in all.

    An area that cannot be done does not keep those after it waiting: raises Unfinished at the end.
    """
    done = failed = 0
    for area_id in areas:
        try:
            with saved(), acting.whole_area(area_id):
                done += work(area_id)
        except Exception as failure:  # its words may name a person: only its kind is logged
            failed += 1
            log.error(f"{doing} failed", area=str(area_id), kind=type(failure).__name__)
    if failed:
        raise Unfinished(f"{failed} areas")
    return done
