"""Passkeys (WebAuthn): what a browser is asked to sign, and whether it did. User verification is required."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from meetingsvc.config import Settings
from meetingsvc.permissions import Principal
from meetingsvc.store import factors as store
from meetingsvc.store import sessions
from meetingsvc.store.factors import Factors
from meetingsvc.usecases.transaction import saved

#: What a forged or mangled answer may raise on its way through the library.
_UNFIT = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
_VERIFIED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True)
class Site:
    """What passkeys are bound to: a passkey of another site, or of a copy of this one, is refused."""

    rp_id: str
    origin: str

    @classmethod
    def of(cls, settings: Settings) -> "Site":
        """As people address the service."""
        url = urlsplit(settings.public_url)
        return cls(url.hostname or "", f"{url.scheme}://{url.netloc}")


def ask_to_make(who: Principal, email: str, held: Factors, session_key: str, site: Site) -> str:
    """The browser's task: make a passkey, on none of the devices that hold one already."""
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name="Meeting service",
        user_name=email,
        user_id=who.account_id.bytes,
        user_display_name=who.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_VERIFIED
        ),
        exclude_credentials=_known(held),
    )
    _remember(session_key, options.challenge)
    return options_to_json(options)


def ask_to_sign(held: Factors, session_key: str, site: Site) -> str:
    """The browser's task: sign a challenge with one of these passkeys."""
    options = generate_authentication_options(
        rp_id=site.rp_id, allow_credentials=_known(held), user_verification=_VERIFIED
    )
    _remember(session_key, options.challenge)
    return options_to_json(options)


def made(answer: str, session_key: str, site: Site) -> VerifiedRegistration | None:
    """The passkey that was made, or None. Call it in a transaction: the challenge is used up."""
    if (challenge := sessions.take_challenge(session_key)) is None:
        return None
    try:
        return verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _UNFIT:
        return None


def is_signed(account_id: UUID, answer: str, session_key: str, site: Site, now: datetime) -> bool:
    """Whether a passkey of this account signed this session's challenge, once, and is no copy.

    Call it in a transaction: the challenge is used up whatever comes of it.
    """
    if (challenge := sessions.take_challenge(session_key)) is None:
        return False
    try:
        credential = parse_authentication_credential_json(answer)
        if (row := store.passkey_of(account_id, credential.raw_id)) is None:
            return False
        signed = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except _UNFIT:
        return False
    return store.use_passkey(row.id, signed.new_sign_count, now)


def _known(held: Factors) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in held.passkeys]


def _remember(session_key: str, challenge: bytes) -> None:
    with saved():
        sessions.set_challenge(session_key, bytes_to_base64url(challenge))
