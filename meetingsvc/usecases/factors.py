"""The second factor: what each role needs, proving it, setting it up and taking it away."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest
from uuid import UUID

import pyotp
from werkzeug.exceptions import Forbidden, NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, PasskeyRow, TotpRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.seal import seal, unseal
from meetingsvc.store import accounts, audit, drafts, sessions
from meetingsvc.store import factors as store
from meetingsvc.store.factors import Factors
from meetingsvc.usecases import passkeys, sign_in
from meetingsvc.usecases.passkeys import Site
from meetingsvc.usecases.password import ONE_TIME
from meetingsvc.usecases.transaction import saved, saved_by

#: Who can do the most harm signs in with what cannot be phished (security.md A7, ASVS 6.3.3).
NEED_PASSKEY = frozenset(
    {Role.COORDINATOR, Role.CHAIR, Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR}
)
#: Wrong codes in fifteen minutes: from one computer at one account, and from all of them.
PER_PAIR, PER_ACCOUNT = 10, 20
STEP = 30  # seconds a code is shown (RFC 6238)
ISSUER = "Meeting service"
_PURPOSE = "totp"


class Kind(StrEnum):
    """What can be had as a second factor."""

    PASSKEY = "passkey"
    TOTP = "authenticator app"


class Step(StrEnum):
    """What a half signed-in person has to do next."""

    PROVE = "prove"
    PASSWORD = "password"  # noqa: S105 a word, not a secret
    SET_UP = "set up"


@dataclass(frozen=True, slots=True)
class Given:
    """What a person offers as proof: a code, or a passkey's signature as the browser wrote it."""

    code: str = ""
    passkey: str = ""

    @property
    def kind(self) -> Kind:
        """Which of the two it is."""
        return Kind.PASSKEY if self.passkey else Kind.TOTP


def enough(role: Role, demo: bool) -> frozenset[Kind]:
    """With what a role may sign in. The demonstration, whose secrets are printed, takes codes of all."""
    return frozenset({Kind.PASSKEY}) if role in NEED_PASSKEY and not demo else frozenset(Kind)


def usable(who: Principal, held: Factors, demo: bool) -> frozenset[Kind]:
    """What a person can prove themselves with now.

    Somebody whose new role needs a passkey, and who has only codes, uses one to set the passkey up.
    """
    has = {Kind.PASSKEY: bool(held.passkeys), Kind.TOTP: held.totp_since is not None}
    found = frozenset(kind for kind in enough(who.role, demo) if has[kind])
    return found or frozenset(kind for kind in Kind if has[kind])


def next_step(who: Principal, proven: bool) -> Step:
    """What stands between a right password and being signed in."""
    if store.of(who.account_id).count and not proven:
        return Step.PROVE
    return Step.PASSWORD if who.must_change_password else Step.SET_UP


def prove(
    account_id: UUID, session_key: str, given: Given, site: Site, computer: str, action: str, now: datetime,
    *, demo: bool,
) -> Kind | None:  # fmt: skip
    """The kind of factor that was proven, or None. A code and a challenge work once, wrong ones count.

    Raises TooManyAttempts, or Forbidden where the account was disabled meanwhile.
    """
    subjects = {f"factor:{account_id} {computer}": PER_PAIR, f"factor:{account_id}": PER_ACCOUNT}
    sign_in.refuse_guessing(subjects, now)
    with saved():
        who = accounts.principal(account_id, now)
        if who is None:
            raise Forbidden
        right = _is_right(who, session_key, given, site, now, demo)
        for subject in () if right else subjects:
            sessions.note_attempt(subject, now)
        actor, said = (account_id, action) if right else ("nobody", "factor refused")
        audit.record(actor, who.area_id, said, f"account/{account_id}", now, kind=given.kind.value)
    return given.kind if right else None


def _is_right(who: Principal, session_key: str, given: Given, site: Site, now: datetime, demo: bool) -> bool:
    if given.kind is Kind.PASSKEY:
        return passkeys.is_signed(who.account_id, given.passkey, session_key, site, now)
    if Kind.TOTP not in usable(who, store.of(who.account_id), demo):
        return False
    sealed = store.secret_of(who.account_id)
    step = _step_of(secret_in(who.account_id, sealed), given.code, now) if sealed else None
    return step is not None and store.use_step(who.account_id, step)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """Of which half-minute a code is; those before and after the present one are taken too."""
    digits = "".join(letter for letter in code if not letter.isspace())
    here = int(now.timestamp()) // STEP
    found = None
    for step in (here - 1, here, here + 1):
        if compare_digest(_code(secret, step).encode(), digits.encode()):
            found = step
    return found


def code_at(secret: str, now: datetime) -> str:
    """What an authenticator app shows at that moment."""
    return _code(secret, int(now.timestamp()) // STEP)


def _code(secret: str, step: int) -> str:
    return pyotp.TOTP(secret).at(step * STEP)


def new_secret() -> str:
    """A secret for an authenticator app."""
    return pyotp.random_base32()


def address_of(secret: str, email: str) -> str:
    """What an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def give_totp(account_id: UUID, secret: str, now: datetime, last_step: int = 0) -> None:
    """Gives an account an authenticator app instead of the one it had. Call it inside a transaction."""
    row = db.session.get(TotpRow, account_id) or TotpRow(account_id=account_id)
    row.secret = seal(_PURPOSE, secret.encode(), f"account/{account_id}")
    row.last_step, row.added_at = last_step, now
    db.session.add(row)


def add_totp(principal: Principal, secret: str, code: str, now: datetime, *, demo: bool) -> None:
    """Sets up an authenticator app that has just shown the code; the code is used up with it."""
    if Kind.TOTP not in enough(principal.role, demo):
        raise RuleBroken(f"A person who is {principal.role_label.lower()} signs in with a passkey.")
    if (step := _step_of(secret, code, now)) is None:
        raise RuleBroken("The code does not match. Enter the newest one that the app shows.")
    with saved_by(principal, Permission.HOME_READ, now) as who:
        give_totp(who.account_id, secret, now, step)
        _note(who, "factor.added", Kind.TOTP, now)


def add_passkey(
    principal: Principal, answer: str, name: str, session_key: str, site: Site, now: datetime
) -> None:
    """Adds the passkey that the browser made for this session's challenge."""
    name = " ".join(name.split())
    if not name or len(name) > 60 or not name.isprintable():
        raise RuleBroken("Give the passkey a name of up to 60 characters, such as the device it is on.")
    with saved():
        made = passkeys.made(answer, session_key, site)
    if made is None:
        raise RuleBroken("The passkey was not made. Try again.")
    with saved_by(principal, Permission.HOME_READ, now) as who:
        if store.is_known(made.credential_id):
            raise RuleBroken("This passkey is in use already.")
        db.session.add(PasskeyRow(account_id=who.account_id, credential_id=made.credential_id,
                                  public_key=made.credential_public_key, sign_count=made.sign_count,
                                  name=name, added_at=now))  # fmt: skip
        _note(who, "factor.added", Kind.PASSKEY, now)


def remove_passkey(
    principal: Principal, passkey_id: UUID, session_key: str, now: datetime, *, demo: bool
) -> None:
    """Takes a passkey away, unless nothing one can sign in with would be left; other sessions end."""
    with saved_by(principal, Permission.HOME_READ, now) as who:
        db.session.get(AccountRow, who.account_id, with_for_update=True)  # two removals: one after the other
        row = db.session.get(PasskeyRow, passkey_id)
        if row is None or row.account_id != who.account_id:
            raise NotFound
        held = store.of(who.account_id)
        codes = held.totp_since is not None and Kind.TOTP in enough(who.role, demo)
        if len(held.passkeys) == 1 and not codes:
            raise RuleBroken("This is all you can sign in with. Add another passkey first.")
        db.session.delete(row)
        sessions.end_others_of(who.account_id, session_key)
        _note(who, "factor.removed", Kind.PASSKEY, now)


def remove_totp(principal: Principal, session_key: str, now: datetime) -> None:
    """Takes the authenticator app away, unless there is no passkey; other sessions end."""
    with saved_by(principal, Permission.HOME_READ, now) as who:
        db.session.get(AccountRow, who.account_id, with_for_update=True)
        row = db.session.get(TotpRow, who.account_id)
        if row is None:
            raise NotFound
        if not store.of(who.account_id).passkeys:
            raise RuleBroken("This is all you can sign in with. Add a passkey first.")
        db.session.delete(row)
        sessions.end_others_of(who.account_id, session_key)
        _note(who, "factor.removed", Kind.TOTP, now)


def reset(account_id: UUID, password: str, actor: UUID | str, area_id: UUID | None, now: datetime) -> None:
    """Recovery: no factor, session, draft or old password of the account opens anything any more.

    The new password is for one day, to sign in with once and change; a factor has to be set up then. Call
    it inside a transaction, after two people agreed (security.md C, ASVS 6.4.3).
    """
    row = db.session.get_one(AccountRow, account_id)
    row.password_hash, row.must_change_password = sign_in.hashed(password), True
    row.password_until = now + ONE_TIME
    store.remove_all_of(account_id)
    drafts.drop_all_of(account_id)
    sessions.end_all_of(account_id)
    audit.record(actor, area_id, "factors.reset", f"account/{account_id}", now)


def sealed_for(account_id: UUID, secret: str) -> str:
    """A secret that is being set up, as the session keeps it meanwhile."""
    return seal("totp set-up", secret.encode(), f"account/{account_id}").hex()


def opened_for(account_id: UUID, sealed: str) -> str:
    """The other way."""
    return unseal("totp set-up", bytes.fromhex(sealed), f"account/{account_id}").decode()


def secret_in(account_id: UUID, sealed: bytes) -> str:
    """The secret of an account's authenticator app. Raises Unsealable."""
    return unseal(_PURPOSE, sealed, f"account/{account_id}").decode()


def _note(who: Principal, action: str, kind: Kind, now: datetime) -> None:
    audit.record(who.account_id, who.area_id, action, f"account/{who.account_id}", now, kind=kind.value)
