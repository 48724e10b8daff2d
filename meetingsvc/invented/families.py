"""Northmoor's families, all invented: who the demonstration's incidents are about."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

_WOMEN = (
    "Alys Beatrix Carmen Delyth Efua Farah Grace Halima Ines Jodie Kasia Lorna Maeve Nadia Orla Petra "
    "Rhoda Saskia "
    "Tamsin Una Vesna Wanda Xanthe Yetunde Zofia Bronagh Chloé Siân Zoë Agnieszka"
).split()
_MEN = (
    "Aled Bogdan Conor Darius Elijah Femi Gregor Hamza Ivan Jethro Kofi Lewis Marek Nico Oscar Piotr "
    "Quinn Reuben "
    "Stefan Tobias Umar Viktor Wesley Yannick Zane Bálint Corey Dafydd Rhys Seán"
).split()
_SURNAMES = (
    "Abernale Birkwood Cawthry Dunmere Eskdon Farnby Garlow Hexley Inskell Jarrowby Kestle Lowmoor "
    "Marbrook Netherby "
    "O'Farren Penrow Quernby Rusholt Silverdene Thornaby Ullock Varley-Moss Wetherfell Yarrowdale "
    "Zelinka Okonta "
    "Rahmani Kowalt Nwachu Szabados"
).split()
_STREETS = (
    "Curlew Rise",
    "Foundry Row",
    "Gorse Bank",
    "Heron Street",
    "Kiln Lane",
    "Mallow Court",
    "Peat Road",
)
_RELATIONSHIPS = ("husband", "partner", "ex-partner", "ex-husband", "boyfriend", "wife", "son", "brother")


class ChildTold(NamedTuple):
    """A child of the family."""

    name: str
    dob: date
    linked: str


class PersonTold(NamedTuple):
    """One of the two parties."""

    forename: str
    surname: str
    dob: date
    gender: str
    nominal: str
    address: str
    postcode: str
    phone: str


class Family(NamedTuple):
    """A victim, a perpetrator and their children."""

    victim: PersonTold
    perpetrator: PersonTold
    relationship: str
    children: tuple[ChildTold, ...]


def families(count: int, today: date, chance: Random) -> list[Family]:
    """So many families, no two victims of one name and birth date."""
    return [_family(number, today, chance) for number in range(count)]


def _family(number: int, today: date, chance: Random) -> Family:
    woman = chance.random() < 0.9
    victim = _person(number * 2, "female" if woman else "male", today, chance)
    other = chance.random() < 0.92
    perpetrator = _person(number * 2 + 1, "male" if woman == other else "female", today, chance)
    children = tuple(
        ChildTold(
            f"{chance.choice(_WOMEN + _MEN)} {victim.surname}",
            today - timedelta(days=chance.randrange(200, 6000)),
            chance.choice(("both", "victim", "both", "perpetrator")),
        )
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3)))
    )
    return Family(victim, perpetrator, chance.choice(_RELATIONSHIPS), children)


def _person(number: int, gender: str, today: date, chance: Random) -> PersonTold:
    names = _WOMEN if gender == "female" else _MEN
    return PersonTold(
        forename=chance.choice(names),
        surname=chance.choice(_SURNAMES),
        dob=today - timedelta(days=18 * 366 + number * 31 % 16000 + chance.randrange(30)),
        gender=gender,
        nominal=f"NM{500000 + number}" if chance.random() < 0.75 else "",
        address=f"{chance.randrange(1, 140)} {chance.choice(_STREETS)}",
        postcode=f"ZZ{chance.randrange(1, 30)} {chance.randrange(1, 10)}"
        f"{chance.choice('ABDEF')}{chance.choice('GHJLN')}",
        phone=f"07700 900{chance.randrange(1000):03d}",  # numbers set aside for drama
    )
