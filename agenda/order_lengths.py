"""What is unusual about a protection order: worth a look, never a reason to reject it (Rulebook T10)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from agenda.feed_content import ORDER
from agenda.incidents import OrderKind

#: The shortest and longest usual life. A notice holds for 48 hours, Sundays and holidays not counted; a DVPO
#: for 14 to 28 days; a DAPO has no set length.
USUAL: dict[str, tuple[timedelta, timedelta]] = {
    OrderKind.DVPN: (timedelta(0), timedelta(days=4)),
    OrderKind.DAPN: (timedelta(0), timedelta(days=4)),
    OrderKind.DVPO: (timedelta(days=14), timedelta(days=28)),
    OrderKind.DAPO: (timedelta(0), timedelta(days=36_500)),
}
_CLOCK_CHANGE = timedelta(hours=1)  # days are counted in local time
_ONE_DAY = timedelta(days=1)  # one that ends on a day ends with it


def oddities(values: Mapping[str, str]) -> Iterator[str]:
    """What to warn of, in canonical texts by column of the feed."""
    if values.keys().isdisjoint(ORDER):
        return
    for column in ORDER:
        if column not in values:
            yield f"an order without its {column}"
    kind = values.get("order_kind")
    made, expires = values.get("order_made_at"), values.get("order_expires_at")
    if kind and made and expires:
        shortest, longest = USUAL[kind]
        least = _time(expires) - _time(made)
        most = least if "T" in expires else least + timedelta(days=1)  # one that ends on a day ends with it
        if most + _CLOCK_CHANGE < shortest or least - _CLOCK_CHANGE > longest:
            yield f"an unusual length for a {kind}"


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def is_unusual(kind: OrderKind, made_at: datetime, ends_at: datetime) -> bool:
    """Whether an order of this kind is made for a time that is not usual for it (Rulebook T10)."""
    shortest, longest = USUAL[kind]
    lasts = ends_at - made_at
    return lasts + _ONE_DAY < shortest or lasts - _ONE_DAY > longest
