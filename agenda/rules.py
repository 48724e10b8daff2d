"""How a rule refuses."""


class RuleBroken(Exception):
    """A rule says no. The message is worded for the person who asked, and is shown to them as it stands."""
