"""recordlinkage on a set: its own index, comparisons and unsupervised classifier (ECM)."""

import warnings
from typing import Any

from tests.benchmarks.matching.sets import Pair, Set


def scores(them: Set) -> dict[Pair, float]:
    """The chance of every candidate pair."""
    import recordlinkage

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ones, others = _frames(them)
        pairs = _index(them).index(*([ones] if others is None else [ones, others]))
        told = _compare(them).compute(pairs, ones, *([] if others is None else [others]))
        judge = recordlinkage.ECMClassifier(binarize=0.5)
        judge.fit(told)
        chances = judge.prob(told)
    return {(int(min(a, b)), int(max(a, b))): float(chance) for (a, b), chance in chances.items()}


def _frames(them: Set) -> tuple[Any, Any]:
    import pandas

    rows = [
        {"side": row.side, "forename": row.forename, "surname": row.surname, "dob": row.dob,
         "year": row.dob[:4], "sex": row.sex, "line": row.line, "postcode": row.postcode, "phone": row.phone,
         "reference": row.reference}
        for row in them.rows
    ]  # fmt: skip
    frame = pandas.DataFrame(rows).replace({"": None})
    return frame[frame.side == 0], frame[frame.side == 1] if them.two_lists else None


def _index(them: Set) -> Any:
    import recordlinkage

    index = recordlinkage.Index()
    for blocked in (
        ["forename", "surname"],
        ["dob"],
        ["surname", "year"],
        ["forename", "year"],
        ["postcode"],
    ):
        index.block(blocked)
    if any(row.phone for row in them.rows[:500]):
        index.block("phone")
    if any(row.reference for row in them.rows[:500]):
        index.block("reference")
    return index


def _compare(them: Set) -> Any:
    import recordlinkage

    compare = recordlinkage.Compare()
    compare.string("forename", "forename", method="jarowinkler", threshold=0.88)
    compare.string("surname", "surname", method="jarowinkler", threshold=0.88)
    compare.string("dob", "dob", method="damerau_levenshtein", threshold=0.85)
    compare.string("line", "line", method="jarowinkler", threshold=0.88)
    compare.exact("postcode", "postcode")
    for field in ("sex", "phone", "reference"):
        if any(getattr(row, field) for row in them.rows[:500]):
            compare.exact(field, field)
    return compare
