"""What a folder that holds the demonstration knows of its people: it may be from an earlier telling."""

from uuid import UUID

from meetingsvc.demo.panel import PEOPLE, email_of
from meetingsvc.seal import Unsealable
from meetingsvc.store import accounts, factors
from meetingsvc.usecases.factors import secret_in


class EarlierTelling(Exception):
    """The people of the folder are not those that this version tells of."""


def secrets() -> dict[str, str]:
    """Each person's authenticator secret by handle, as the database has it; "" where they use none.

    Raises EarlierTelling where somebody is missing, or nobody's secret can be read.
    """
    found: dict[str, str] = {}
    for person in PEOPLE:
        account = accounts.by_email(email_of(person))
        if account is None:
            raise EarlierTelling(person.handle)
        found[person.handle] = _secret(account.account_id)
    if not any(found.values()):
        raise EarlierTelling("secrets")
    return found


def _secret(account_id: UUID) -> str:
    sealed = factors.secret_of(account_id)
    try:
        return secret_in(account_id, sealed) if sealed else ""
    except Unsealable:
        return ""
