"""What identifies people, however it is spelt: two spellings of one thing give one key (Rulebook F3, M6).

A key is for comparing, never for showing; "" is the key of what identifies nobody. Nothing is matched by how
near it comes: where two keys differ, so do the people. Addresses are in `agenda/spelling_of_places.py`.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import combinations

from agenda.people import folded


def _pairs(pairs: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in pairs.split()}


#: Letters of other alphabets that pass for Latin ones.
_SMALL = _pairs(
    "αa βb γy εe ζz ηn ιi κk μm νv οo ρp σo τt υu χx ωw "
    "аa вb еe ѕs іi јj кk мm нh оo рp сc тt уy үy хx ԁd һh ԛq ԝw ӏl ɡg ɑa"
)
#: Capitals whose small letter passes for another: read so only in a word that has Latin letters too.
_CAPITALS = _pairs("ΗH ΜM ΝN ΥY ΡP ΟO")
_LATIN = re.compile("[A-Za-z]")
#: What takes no room on paper, beyond what `folded` knows: fillers, joiners and variation selectors.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

TITLES = frozenset("mr mrs ms miss mx dr prof professor sir".split())
_BEGINNINGS = frozenset({"o", "mc", "mac"})

#: What may stand between the digits of one number.
_NUMBER = re.compile(r"\+?[0-9](?:[^0-9A-Za-z+,;:&#]{0,4}[0-9])*")
_ABROAD = re.compile(r"\+|00")
_NATIONAL = re.compile("[1-9][0-9]{8,9}")
_DIGITS = range(9, 16)

_DOTS = dict.fromkeys(map(ord, "\u3002\uff0e\uff61"), ".")
_COMMENT = re.compile(r"\([^()]*\)")
_ANGLED = re.compile(r"<([^<>]*@[^<>]*)>")
_ESCAPED = re.compile("%([0-9A-Fa-f]{2})")
_NO_MAILBOX = re.compile(r"""[\s()<>\[\],;:"\\]""")
_NO_LABEL = re.compile(r"[^\w-]")
_GOOGLE = frozenset({"gmail.com", "googlemail.com"})


def folded_name(text: str) -> str:
    """A word as it looks: `folded`, the letters of other alphabets that pass for Latin ones made Latin."""
    if text.isascii():
        return folded(text)
    seen = _UNSEEN.sub("", text)
    if _LATIN.search(seen):
        seen = seen.translate(_CAPITALS)
    # Folded twice: a letter in a mathematical style loses the style first, and its case only then.
    return folded(folded(folded(seen)).translate(_SMALL))


def words_of(text: str) -> list[str]:
    """The words of a text in order, each folded. An apostrophe joins; other punctuation parts."""
    words: list[str] = []
    for word in text.split():
        whole = folded_name(word).replace("'", "")
        if whole.isalnum():  # as most are: nothing in it parts
            words.append(whole)
            continue
        words += "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in whole).split()
    return words


@lru_cache(maxsize=8192)
def name_tokens(text: str) -> frozenset[str]:
    """The words of a name in no order, its titles left out."""
    return frozenset(_name_words(text))


@lru_cache(maxsize=8192)
def name_keys(forename: str, surname: str) -> frozenset[str]:
    """What to look a name up by; nothing unless there are two words to it.

    One key takes forename and surname as one word each, in either order: O'Brien, O Brien and OBrien meet,
    and so do names written into each other's place. The others are the name's words two at a time.
    """
    both = sorted("".join(_name_words(part)) for part in (forename, surname))
    whole = {"|".join(both)} if all(both) else set()
    pairs = combinations(sorted(name_tokens(f"{forename} {surname}")), 2)
    return frozenset(whole.union(map(" ".join, pairs)))


def _name_words(text: str) -> list[str]:
    """A name's words in order, its titles left out, and what begins a surname joined to it: `Mc Donald`."""
    words: list[str] = []
    for word in (word for word in words_of(text) if word not in TITLES):
        if words and words[-1] in _BEGINNINGS:
            word = words.pop() + word
        words.append(word)
    return words


@lru_cache(maxsize=8192)
def phone_key(text: str) -> str:
    """A British number as its national digits without the 0, another country's as a + and all its digits.

    The first number in the text counts, without its extension or the (0) of +44 (0). Fewer than nine
    digits, or one digit over and over, identify nobody.
    """
    for number in _NUMBER.findall(_digits_plain(text)):
        known = re.sub("[^0-9]", "", number).lstrip("0")
        if len(set(known)) == 1 or len(known) not in _DIGITS:
            continue
        abroad = _ABROAD.match(number) is not None
        home = known[2:].lstrip("0") if known.startswith("44") and len(known) > 10 else known
        if _NATIONAL.fullmatch(home) and (home != known or not abroad):
            return home
        return f"+{known}"
    return ""


def _digits_plain(text: str) -> str:
    """Every digit as an ASCII one; the letters O, I and l are digits where no other letter stands."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    plain = "".join(
        str(unicodedata.digit(c)) if c.isdigit() else c for c in seen if unicodedata.category(c) != "Cf"
    )
    if set(_LATIN.findall(plain)) <= set("OoIl"):
        return plain.translate(str.maketrans("OoIl", "0011"))
    return plain


@lru_cache(maxsize=8192)
def email_key(text: str) -> str:
    """The mailbox an address reaches, as it looks: no display name, no comment, no tag after a plus.

    A domain in punycode is decoded. Google drops the dots of a mailbox and has two names for one domain.
    """
    local, at, domain = _bare(text).rpartition("@")
    domain = ".".join(filter(None, map(_label, domain.translate(_DOTS).split("."))))
    local = _NO_MAILBOX.sub("", folded_name(local))
    mailbox = (local.partition("+")[0] or local).strip(".'")
    if domain in _GOOGLE:
        mailbox, domain = mailbox.replace(".", ""), "gmail.com"
    return f"{mailbox}@{domain}" if at and mailbox and domain else ""


def _bare(text: str) -> str:
    """The address itself, out of `Ann <a@b>`, `mailto:a@b?subject=…`, quotes and comments."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(c for c in plain if unicodedata.category(c) not in {"Cf", "Cc"})
    if angled := _ANGLED.search(plain):
        plain = angled[1]
    _, mailto, after = plain.casefold().rpartition("mailto:")
    if mailto:
        plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), after.partition("?")[0])
    return _COMMENT.sub("", plain)


def _label(label: str) -> str:
    """One part of a domain, decoded where it is punycode."""
    plain = _NO_LABEL.sub("", folded_name(label))
    if not plain.startswith("xn--"):
        return plain
    try:
        return _NO_LABEL.sub("", folded_name(plain[4:].encode("ascii").decode("punycode")))
    except UnicodeError:
        return plain
