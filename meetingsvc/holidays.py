"""England's bank holidays, without a network."""

from datetime import date
from functools import lru_cache

import holidays as computed
from govuk_bank_holidays.bank_holidays import BankHolidays

_SATURDAY = 5


@lru_cache
def england(years: range) -> frozenset[date]:
    """The bank holidays of England in `years`, on the weekdays they are kept (Rulebook T1).

    As published on GOV.UK for the years the installed package knows; reckoned by rule outside them, so that
    a one-off holiday of a later year comes with the package's next release, or as a setting of the area.
    """
    published = _published()
    days: set[date] = set()
    for year in years:
        days |= published.get(year) or _reckoned(year)
    return frozenset(days)


@lru_cache(maxsize=1)
def _published() -> dict[int, set[date]]:
    found: dict[int, set[date]] = {}
    known = BankHolidays(use_cached_holidays=True)
    for holiday in known.get_holidays(division=BankHolidays.ENGLAND_AND_WALES):
        found.setdefault(holiday["date"].year, set()).add(holiday["date"])
    return found


def _reckoned(year: int) -> set[date]:
    # That package also lists the Saturday or Sunday itself beside the weekday kept in its stead.
    days = computed.country_holidays("GB", subdiv="ENG", years=year)
    return {day for day in days if day.weekday() < _SATURDAY}


def known() -> frozenset[date]:
    """Every bank holiday from 2000 to 2060: what the service decides by."""
    return england(range(2000, 2061))
