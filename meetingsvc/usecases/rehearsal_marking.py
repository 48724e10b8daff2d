"""What is made of a rehearsal says so on every page of it."""

from dataclasses import replace

from agenda import rehearsal
from agenda.pack import Worded
from meetingsvc.permissions import Principal


def marked(words: Worded, who: Principal) -> Worded:
    """The words of a file that somebody makes: in a rehearsal with its marking above and below each page."""
    return replace(words, marking=rehearsal.MARKING) if who.rehearsing else words
