"""One name, e-mail address, telephone number and address, in many spellings (Rulebook F3)."""

from datetime import date

from agenda.details import Details, Shared

BORN = date(1988, 4, 5)

_NAMES = [
    "Séan O'Brien-Marsh",
    "SEAN O'BRIEN-MARSH",
    "sean obrien marsh",
    "Sean O\u2019Brien\u2013Marsh",
    "Sean O\u00b4Brien Marsh",
    "Sean O Brien Marsh",
    "Se\u0301an  O'Brien\u2011Marsh",
    "Marsh O'Brien Sean",
    "O'Brien-Marsh, Sean",
    "OBRIEN-MARSH,SÉAN",
    "Mr Sean O'Brien Marsh",
    "Dr. Sean O'Brien-Marsh",
    "\u200eSean O'Brien\u00a0Marsh\u200f",
    "Sean\tO'Brien-Marsh ",
    "Se\u00adan O'Brien-Marsh",
    "\uff33\uff45\uff41\uff4e O\uff07Brien\uff0dMarsh",
    "S\u0435\u0430n \u041e'Bri\u0435n-M\u0430rsh",  # Cyrillic
    "Se\u03b1n \u039f'Brien-Marsh",  # Greek
    "SEA\u039d O'BRIEN-MARSH",
    "Sean O'Br\u0131en-Marsh",  # without its dot
    "Se\ufe0fan O'Brien-Marsh",
    "Sean Patrick O'Brien-Marsh",  # a middle name
    "(Sean) O'Brien/Marsh",
    "\U0001d5e6\U0001d5f2\U0001d5ee\U0001d5fb O'Brien-Marsh",  # a bold style
]
_EMAILS = [
    "s.marsh@post.example",
    "S.Marsh@Post.Example",
    "  s.marsh@post.example ",
    "s.marsh+work@post.example",
    "Sean Marsh <s.marsh@post.example>",
    '"Marsh, Sean" <S.MARSH@POST.EXAMPLE>',
    "<s.marsh@post.example>",
    "mailto:s.marsh@post.example",
    "mailto:s%2Emarsh@post.example?subject=Hello",
    "s.marsh@post.example.",
    "s.marsh@post.example;",
    '"s.marsh"@post.example',
    "s.marsh(home)@post.example",
    "\uff53.marsh\uff20post.example",
    "s.marsh@post\u3002example",
    "s.marsh@post\uff0eexample",
    "s.m\u0430rsh@post.example",  # Cyrillic a
    "\u0455.marsh@p\u043est.example",
    "s.marsh@p\u03bfst.example",  # Greek o
    "s.marsh@xn--pst-sed.example",  # the Cyrillic o, as a domain is sent
    "s.mar\u200bsh@post.example",
    "\u202as.marsh@post.example\u202c",
    "s.mar\u00adsh@post.example",
    "s.marsh@post.example\n",
    "\U0001d5e6.marsh@post.example",  # a bold style
    "s.mar\u017fh@post.example",  # the long s
]
_PHONES = [
    "07700 900123",
    "07700900123",
    "07700 900 123",
    "+447700900123",
    "+44 7700 900123",
    "+44 (0)7700 900123",
    "(+44) 7700 900123",
    "+44 (0) 7700-900-123",
    "0044 7700 900123",
    "00447700900123",
    "0044 (0)7700 900123",
    "447700900123",
    "7700900123",
    "(07700) 900123",
    "07700-900-123",
    "07700.900.123",
    "07700\u00a0900\u2011123",
    "07700/900123",
    "tel:+44-7700-900123",
    "07700 900123 ext 4",
    "07700 900123 x12",
    "07700 900123 (mum's)",
    "Mobile 07700 900123 after 6pm",
    "O77OO 9OOl23",
    "\uff10\uff17\uff17\uff10\uff10 \uff19\uff10\uff10\uff11\uff12\uff13",
    "\uff0b44 7700 900123",
    "\u0660\u0667\u0667\u0660\u0660 \u0669\u0660\u0660\u0661\u0662\u0663",
    "07700\u200b900123",
    "\u202d07700 900123\u202c",
]
_ADDRESSES = [
    "Flat 2, 14 High Street, Northmoor, ZZ1 1AA",
    "FLAT 2, 14 HIGH STREET, NORTHMOOR, ZZ1 1AA",
    "Flat 2 14 High Street Northmoor ZZ1 1AA",
    "flat 2, 14 high st, northmoor, zz11aa",
    "Flat 2,14 High St.,Northmoor,ZZ1 1AA",
    "Apt 2, 14 High Street, ZZ1 1AA",
    "Apartment 2, 14 High Street, ZZ1 1AA",
    "Unit 2, 14 High Street, ZZ1 1AA",
    "Flat No. 2, No. 14 High Street, ZZ1 1AA",
    "Flat #2, 14 High Street, ZZ1 1AA",
    "2/14 High Street, ZZ1 1AA",
    "14 High Street (Flat 2), ZZ1 1AA",
    "14, High Street, Flat 2, Northmoor ZZ1-1AA",
    "ZZ1 1AA, 14 High Street, Flat 2",
    "Flat 2\n14 High Street\nNorthmoor\nZZ1 1AA",
    "Flat 2, 14 High Street, Northmoor, Northshire, ZZ1  1AA, England",
    "Flat 02, 14 High Street, ZZ1 1AA",
    "Flat 2, 14 High Street., ZZ1 1AA.",
    "\uff26\uff4c\uff41\uff54 \uff12, \uff11\uff14 High Street, ZZ1 1AA",
    "Fl\u0430t 2, 14 High Street, ZZ1 1\u0410\u0410",  # Cyrillic
    "Flat\u00a02, 14 High Street, ZZ1\u00a01AA",
    "Flat 2, 14 High Str\u200beet, ZZ1 1A\u200bA",
    "FLT 2 14 HIGH STR ZZ1 1AA",
]

_WRITTEN = {
    Shared.NAME: _NAMES,
    Shared.EMAIL: _EMAILS,
    Shared.PHONE: _PHONES,
    Shared.ADDRESS: _ADDRESSES,
}
#: Of each kind: how it is plainly written, and another spelling of the same.
SPELLINGS: dict[Shared, list[tuple[str, str]]] = {
    what: [(plain, other) for other in others] for what, (plain, *others) in _WRITTEN.items()
}


def known_by(what: Shared, text: str) -> Details:
    """Somebody of whom only this is known."""
    match what:
        case Shared.NAME:
            return Details(surname=text)
        case Shared.NAME_AND_DOB:
            return Details(surname=text, dob=BORN)
        case Shared.EMAIL:
            return Details(emails=frozenset({text}))
        case Shared.PHONE:
            return Details(phones=frozenset({text}))
        case Shared.ADDRESS:
            return Details(addresses=frozenset({text}))
