"""The page of update-only cases as it is sent: what is said of each, and why not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from werkzeug.datastructures import MultiDict

from agenda import confirmations as rules
from agenda.confirmations import Said, Told
from meetingsvc.store.confirmations import Box
from meetingsvc.web.research_forms import Wrong, uuid_of
from meetingsvc.web.typed import plain

#: More cases than any meeting has. A form with more was not sent by a person.
MOST = 300
_SAID = {one.value: one for one in Said}


def told_in(sent: MultiDict[str, str]) -> dict[UUID, Told]:
    """Every case that was sent; of one for which nothing was chosen, nothing is said yet."""
    keys = filter(None, map(uuid_of, sent.getlist("item")[:MOST]))
    return {
        key: Told(_SAID.get(sent.get(f"{key}-said", ""), Said.LATER), plain(sent.get(f"{key}-reason")))
        for key in keys
    }


def all_confirmed(told: Mapping[UUID, Told]) -> dict[UUID, Told]:
    """The same, and of each case of which nothing is said yet that it is confirmed."""
    return {
        key: replace(one, said=Said.CONFIRMED) if one.said is Said.LATER else one for key, one in told.items()
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """The page with what is said of each case: kept, or sent just now."""

    sent: Mapping[UUID, Told] = field(default_factory=dict)
    form_errors: tuple[str, ...] = ()
    boxes: Sequence[Box] = ()

    def of(self, boxes: Sequence[Box]) -> "Shown":
        """For these cases."""
        return replace(self, boxes=boxes)

    @property
    def problems(self) -> dict[str, str]:
        """What keeps it from being sent, by field (Rulebook C3)."""
        found = {f"{key}-reason": rules.reason_problem(one) for key, one in self.sent.items()}
        return {name: problem for name, problem in found.items() if problem}

    @property
    def errors(self) -> bool:
        """Whether something is wrong."""
        return bool(self.problems or self.form_errors)

    def __iter__(self) -> Iterator[Wrong]:
        for name, problem in self.problems.items():
            yield Wrong(name, [problem])

    def told(self, box: Box) -> Told:
        """What stands in its fields."""
        return self.sent.get(box.line.item_id, box.told)

    def saying(self, said: str) -> list[Box]:
        """The cases of which that is about to be said."""
        return [one for one in self.boxes if one.line.item_id in self.sent and self.told(one).said == said]

    @property
    def asked(self) -> list[Box]:
        """Those that are update-only still."""
        return [one for one in self.boxes if one.is_asked]

    @property
    def discussed(self) -> list[Box]:
        """Those that an agency has had moved to discussion."""
        return [one for one in self.boxes if not one.is_asked]

    @property
    def answered(self) -> int:
        """How many of those that are update-only still have an answer."""
        return sum(one.mine is not None for one in self.asked)
