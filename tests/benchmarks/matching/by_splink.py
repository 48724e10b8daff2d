"""Splink 5 on a set, several ways set up; the best of them is what we are measured against."""

import logging
from collections.abc import Iterator
from typing import Any

from agenda.matching import levels
from agenda.matching_evidence import gate_opens
from tests.benchmarks.matching import ours
from tests.benchmarks.matching.sets import Pair, Set

_DRAWN = 2e6


def ways(them: Set) -> Iterator[tuple[str, dict[Pair, float]]]:
    """The match weight of every candidate pair, by each way to set Splink up."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    for name, compared in _comparisons(them).items():
        found = _scores(them, compared)
        yield name, found
        yield f"{name}, our gate", {pair: score for pair, score in found.items() if _gated(them, pair)}


def _gated(them: Set, pair: Pair) -> bool:
    """Splink has no gate of its own: with ours it is measured for its weights alone."""
    return gate_opens(levels(*(ours.person(them.rows[at]) for at in pair)))


def _frame(them: Set, side: int) -> Any:
    import pandas

    rows = [
        {
            "unique_id": at, "forename": row.forename, "surname": row.surname, "dob": row.dob, "sex": row.sex,
            "line": row.line, "postcode": row.postcode, "phone": row.phone, "reference": row.reference,
            **dict(row.parts),
        }
        for at, row in enumerate(them.rows) if row.side == side
    ]  # fmt: skip
    frame = pandas.DataFrame(rows).replace({"": None})
    text = [column for column in frame if column != "unique_id"]
    frame[text] = frame[text].astype("string")
    return frame.assign(name=frame.forename + " " + frame.surname)


def _comparisons(them: Set) -> dict[str, list[Any]]:
    """With each part of an address compared apart, and with one comparison for all of it."""
    import splink.comparison_library as cl

    told = {
        field for row in them.rows[:500] for field in ("sex", "phone", "reference") if getattr(row, field)
    }
    others = [cl.ExactMatch("sex")] if "sex" in told else []
    others += [cl.DamerauLevenshteinAtThresholds("phone", [1])] if "phone" in told else []
    others += [cl.DamerauLevenshteinAtThresholds("reference", [1, 2])] if "reference" in told else []
    halves = ("forename", "surname")
    names = [cl.NameComparison(half).configure(term_frequency_adjustments=True) for half in halves]
    both = [cl.ForenameSurnameComparison(*halves, forename_surname_concat_col_name="name")]
    digits = [cl.DamerauLevenshteinAtThresholds("dob", [1, 2])]
    calendar = [cl.DateOfBirthComparison("dob", input_is_string=True, datetime_format="%Y%m%d")]
    pieces = [part for part, _ in them.rows[0].parts if part != "state"] or ["line"]
    apart = [cl.JaroWinklerAtThresholds(part, [0.9, 0.8]) for part in pieces]
    apart += [cl.DamerauLevenshteinAtThresholds("postcode", [1])]
    return {
        "names apart, address apart": [*names, *digits, *apart, *others],
        "names apart, one address": [*names, *digits, _one_address(), *others],
        "names together, address apart": [*both, *digits, *apart, *others],
        "names together, one address": [*both, *calendar, _one_address(), *others],
    }


def _one_address() -> Any:
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl

    return cl.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            cll.NullLevel("line"),
            cll.And(cll.ExactMatchLevel("line"), cll.ExactMatchLevel("postcode")),
            cll.JaroWinklerLevel("line", 0.95),
            cll.JaroWinklerLevel("line", 0.88),
            cll.ExactMatchLevel("postcode"),
            cll.ElseLevel(),
        ],
    )


def _rules(them: Set) -> list[Any]:
    from splink import block_on

    rules = [
        block_on("forename", "surname"),
        block_on("dob"),
        block_on("surname", "substr(dob, 1, 4)"),
        block_on("forename", "substr(dob, 1, 4)"),
        block_on("forename", "substr(dob, 5, 4)"),
        block_on("surname", "substr(dob, 5, 4)"),
        block_on("postcode", "substr(line, 1, 4)"),
        block_on("substr(forename, 1, 3)", "substr(surname, 1, 3)"),
    ]
    rules += [block_on("phone")] if any(row.phone for row in them.rows[:500]) else []
    rules += [block_on("reference")] if any(row.reference for row in them.rows[:500]) else []
    return rules + ["l.forename = r.surname and l.surname = r.forename"]


def _scores(them: Set, comparisons: list[Any]) -> dict[Pair, float]:
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    database = DuckDBAPI()
    tables = [database.register(_frame(them, side)) for side in ((0, 1) if them.two_lists else (0,))]
    settings = SettingsCreator(
        link_type="link_only" if them.two_lists else "dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=_rules(them),
        retain_matching_columns=False,
    )
    linker = Linker(tables if them.two_lists else tables[0], settings, log_level=None)
    sure = ["l.forename = r.forename and l.surname = r.surname and l.dob = r.dob"]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=_DRAWN, seed=1)
    for rule in (block_on("dob"), block_on("forename", "surname"), block_on("postcode")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict().as_pandas_dataframe()
    pairs = zip(found.unique_id_l, found.unique_id_r, found.match_weight, strict=True)
    return {(int(min(a, b)), int(max(a, b))): float(weight) for a, b, weight in pairs}
