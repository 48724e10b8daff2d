"""The page on OWASP ASVS 5.0.0 answers every requirement of levels 1 and 2, and points at what is there."""

import re
from collections import Counter
from pathlib import Path

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| V([0-9.]+) \| ([12]) \| (met|n-a|open) \| (.+) \|$", PAGE, re.MULTILINE)

#: Chapter and section, then its requirements of levels 1 (starred) and 2, as the standard numbers them.
REQUIRED = """
1.1: 1 2
1.2: 1* 2* 3* 4* 5* 6 7 8 9
1.3: 1* 2* 3 4 5 6 7 8 9 10 11
1.4: 1 2 3
1.5: 1* 2
2.1: 1* 2 3
2.2: 1* 2* 3
2.3: 1* 2 3 4
2.4: 1
3.2: 1* 2*
3.3: 1* 2 3 4
3.4: 1* 2* 3 4 5 6
3.5: 1* 2* 3* 4 5
3.7: 1 2
4.1: 1* 2 3
4.2: 1
4.3: 1 2
4.4: 1* 2 3 4
5.1: 1
5.2: 1* 2* 3
5.3: 1* 2*
5.4: 1 2 3
6.1: 1* 2 3
6.2: 1* 2* 3* 4* 5* 6* 7* 8* 9 10 11 12
6.3: 1* 2* 3 4
6.4: 1* 2* 3 4
6.5: 1 2 3 4 5
6.6: 1 2 3
6.8: 1 2 3 4
7.1: 1 2 3
7.2: 1* 2* 3* 4*
7.3: 1 2
7.4: 1* 2* 3 4 5
7.5: 1 2
7.6: 1 2
8.1: 1* 2
8.2: 1* 2* 3
8.3: 1*
8.4: 1
9.1: 1* 2* 3*
9.2: 1* 2 3 4
10.1: 1 2
10.2: 1 2
10.3: 1 2 3 4
10.4: 1* 2* 3* 4* 5* 6 7 8 9 10 11
10.5: 1 2 3 4 5
10.6: 1 2
10.7: 1 2 3
11.1: 1 2
11.2: 1 2 3
11.3: 1* 2* 3
11.4: 1* 2 3 4
11.5: 1
11.6: 1
12.1: 1* 2 3
12.2: 1* 2*
12.3: 1 2 3 4
13.1: 1
13.2: 1 2 3 4 5
13.3: 1 2
13.4: 1* 2 3 4 5
14.1: 1 2
14.2: 1* 2 3 4
14.3: 1* 2 3
15.1: 1* 2 3
15.2: 1* 2 3
15.3: 1* 2 3 4 5 6 7
16.1: 1
16.2: 1 2 3 4 5
16.3: 1 2 3 4
16.4: 1 2 3
16.5: 1 2 3
17.1: 1
17.2: 1 2 3 4
17.3: 1 2
"""


def required() -> dict[str, str]:
    """Each requirement with its level."""
    found = {}
    for line in REQUIRED.strip().splitlines():
        section, _, numbers = line.partition(": ")
        for number in numbers.split():
            found[f"{section}.{number.rstrip('*')}"] = "1" if number.endswith("*") else "2"
    return found


def test_every_requirement_of_levels_1_and_2_is_answered_once() -> None:
    assert Counter(required().values()) == {"1": 70, "2": 183}, "the standard's own figures"
    assert {key: level for key, level, _, _ in ROWS} == required()
    assert len(ROWS) == len(required()) == PAGE.count("\n| V")


def test_what_it_points_at_is_there() -> None:
    named = {path for row in ROWS for path in re.findall(r"`([\w./-]+/[\w./-]+)`", row[3])}
    assert named and not {path for path in named if not (HOUSE / path).exists() and path != "static/"}
