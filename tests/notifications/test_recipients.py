from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.area import SECURE_DOMAINS
from agenda.details import Shared
from notifications.recipients import (
    Ground,
    Recipient,
    domain_of,
    grounds,
    is_secure,
    refusal,
    unfit_address,
    unfit_domain,
)

SECURE = Recipient(UUID(int=1), UUID(int=2), "rep@northmoor.gov.uk")
ORDINARY = Recipient(UUID(int=1), UUID(int=2), "rep@refuge.example")


def test_S1_the_protocols_secure_domains():
    assert " ".join(f".{domain}" for domain in SECURE_DOMAINS) == (
        ".cjsm.net .gov.uk .gse.gov.uk .gsi.gov.uk .gsx.gov.uk .hscic.gov.uk .mod.uk .nhs.net .nhs.uk "
        ".pnn.police.uk .scn.gov.uk"
    )


@pytest.mark.parametrize(
    "address",
    [
        "rep@northmoor.gov.uk",
        "REP@Northmoor.GOV.UK",
        "rep@nhs.net",
        "rep@refuge.example.cjsm.net",
        "first.last+marac@northmoor.pnn.police.uk",
        "o'hara@northmoor.nhs.uk",
    ],
)
def test_S1_an_address_in_or_below_a_secure_domain_is_secure(address):
    assert is_secure(address)


@pytest.mark.parametrize(
    "address",
    [
        "rep@refuge.example",
        "rep@evilgov.uk",
        "rep@northmoor-gov.uk",
        "rep@gov.uk.evil.example",
        "rep@police.uk",
        "rep@northmoor.police.uk",
        "rep@uk",
        "rep@g\u043ev.uk",  # Cyrillic o
        "rep@northmoor.g\u043ev.uk",
        "rep@northmoor.\uff47ov.uk",  # full-width g
        "rep@northmoor\u3002gov.uk",  # ideographic full stop
        "rep@northmoor.gov.u\u212a",  # Kelvin sign, k in lower case
        "r\u0435p@northmoor.gov.uk",
        "rep@xn--gv-jbc.uk",
        "rep@northmoor.gov.uk.",
        "rep@northmoor..gov.uk",
        "rep@.gov.uk",
        "rep@-a.gov.uk",
        "rep@a_b.gov.uk",
        "rep@evil.example@northmoor.gov.uk",
        '"rep@evil.example"@northmoor.gov.uk',
        "rep@northmoor.gov.uk, spy@evil.example",
        "rep@northmoor.gov.uk\nBcc: spy@evil.example",
        "rep@northmoor.gov.uk\n",
        " rep@northmoor.gov.uk",
        "rep @northmoor.gov.uk",
        "Rep <rep@northmoor.gov.uk>",
        "rep@northmoor.gov.uk(comment)",
        "rep@evil.example\x00.gov.uk",
        "rep@evil.example/.gov.uk",
        "=?utf-8?q?rep=0D=0ABcc=3A?=@northmoor.gov.uk",  # an encoded word: it can hold a header
        "=?rep@northmoor.gov.uk",
        "rep@[192.0.2.1]",
        "rep@192.0.2.1",
        "rep..x@northmoor.gov.uk",
        "@northmoor.gov.uk",
        "rep",
        "",
        "x" * 250 + "@nhs.net",
    ],
)
def test_S1_any_other_address_is_not(address):
    assert not is_secure(address)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12), st.sampled_from(SECURE_DOMAINS))
def test_S1_nothing_written_before_a_secure_domain_makes_another_domain_secure(text, known):
    address = f"rep@{text}{known}"
    allowed = text == "" or (text.endswith(".") and domain_of(address) is not None)
    assert is_secure(address, [known]) <= allowed


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=12), st.sampled_from(SECURE_DOMAINS))
def test_S1_nothing_written_after_a_secure_domain_keeps_it_secure(text, known):
    another = is_secure(f"rep@x{text}")  # what is written may itself end in one: .GOV.UK
    assert is_secure(f"rep@{known}{text}") == another


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=6), st.text(max_size=6))
def test_S1_a_secure_address_is_ascii(local, label):
    address = f"rep{local}@{label}.gov.uk"
    assert not is_secure(address) or address.isascii()


def test_S1_an_area_edits_the_domains_with_or_without_the_leading_dot():
    assert is_secure("rep@refuge.example", [".Refuge.example"])
    assert is_secure("rep@refuge.example", ["refuge.example"])
    assert not is_secure("rep@northmoor.gov.uk", ["refuge.example"])


@pytest.mark.parametrize("domains", [[], [""], ["."], [" "]])
def test_S1_an_empty_entry_makes_nothing_secure(domains):
    assert not is_secure("rep@northmoor.gov.uk", domains)


@pytest.mark.parametrize("domain", [*SECURE_DOMAINS, "refuge.example", "Haven-2.Refuge.Example"])
def test_S1_a_domain_of_one_organisation_can_be_secure(domain):
    assert unfit_domain(domain) is None


@pytest.mark.parametrize(
    "domain, why",
    [
        *((text, "not a domain") for text in ("uk", "", "g\u043ev.uk", "10.0.0.1", "a b.example",
          "rep@a.example", "-a.example", "a..example", "*.gov.uk", "a.example.", f"{'a.' * 130}uk")),
        ("xn--gv-uli.uk", "other letters"), ("refuge.xn--80ak6aa92e.example", "other letters"),
        ("co.uk", "anybody"), ("Gmail.com", "anybody"),
    ],
)  # fmt: skip
def test_S1_what_could_be_anybodys_or_another_cannot_be_secure(domain, why):
    told = unfit_domain(domain)
    assert told is not None and why in told


@pytest.mark.parametrize("address", ["", "panel@council.example", "PANEL@northmoor.gov.uk"])
def test_S2_an_areas_messages_come_from_one_plain_address_or_from_the_services_own(address):
    assert unfit_address(address) is None


@pytest.mark.parametrize(
    "address", ["panel", "Panel <panel@council.example>", "panel@council.example\n", "=?a?=@council.example",
                "panel@council.example, spy@evil.example", " "]
)  # fmt: skip
def test_S2_an_areas_messages_come_from_nothing_else(address):
    told = unfit_address(address)
    assert told is not None and "one plain e-mail address" in told


def test_S1_content_goes_to_secure_domains_only():
    told = refusal(ORDINARY, signatory=True, disabled=False, attends=True, content=True)
    assert told == "The e-mail address is not in a secure domain, so only a notice can go to it."
    assert refusal(SECURE, signatory=True, disabled=False, attends=True, content=True) is None


def test_S1_a_notice_may_go_to_any_address():
    assert refusal(ORDINARY, signatory=True, disabled=False, attends=True, content=False) is None


def test_S1_the_areas_own_domains_decide_about_content():
    told = refusal(
        ORDINARY, signatory=True, disabled=False, attends=True, content=True, domains=["refuge.example"]
    )
    assert told is None


@pytest.mark.parametrize("content", [True, False])
@pytest.mark.parametrize(
    "fact, told",
    [
        ({"rehearsal": True}, "Nothing is sent from a rehearsal: its cases are invented."),
        ({"disabled": True}, "The account is disabled."),
        ({"signatory": False}, "The agency has not signed the protocol, or has withdrawn from it."),
        ({"attends": False}, "The agency neither attends nor researches for this meeting."),
    ],
)
def test_S3_packs_and_notices_reach_only_live_accounts_of_signatories_that_attend(fact, told, content):
    facts = {"signatory": True, "disabled": False, "attends": True} | fact
    assert refusal(SECURE, **facts, content=content) == told


@pytest.mark.parametrize("content", [True, False])
def test_S3_an_address_the_service_cannot_use_is_refused(content):
    odd = Recipient(UUID(int=1), UUID(int=2), "rep@refuge.example\nBcc: spy@evil.example")
    told = refusal(odd, signatory=True, disabled=False, attends=True, content=content)
    assert told == "The e-mail address is not one the service can use."


@pytest.mark.parametrize("recipient", [SECURE, ORDINARY])
@pytest.mark.parametrize("signatory, disabled, attends, content", list(product([True, False], repeat=4)))
def test_S3_exactly_one_set_of_facts_lets_a_message_out(recipient, signatory, disabled, attends, content):
    told = refusal(recipient, signatory=signatory, disabled=disabled, attends=attends, content=content)
    may = signatory and not disabled and attends and (recipient is SECURE or not content)
    assert (told is None) == may
    assert told is None or recipient.email not in told


FREE = {"signatory": True, "disabled": False, "attends": True, "content": False}
AGAINST = {
    Ground.DISABLED: {"disabled": True},
    Ground.NOT_A_SIGNATORY: {"signatory": False},
    Ground.NOT_ATTENDING: {"attends": False},
    Ground.WALL: {"walled": True},
    Ground.COLLISION: {"collides": frozenset({Shared.NAME})},
    Ground.CLOSED: {"closed": True},
}


@pytest.mark.parametrize("why", AGAINST)
@pytest.mark.parametrize("content", [True, False])
def test_F3_each_fact_against_a_recipient_is_a_ground_of_its_own(why, content):
    assert grounds(SECURE, **FREE | AGAINST[why] | {"content": content}) is why
    assert refusal(SECURE, **FREE | AGAINST[why]) == why.words


@pytest.mark.parametrize("what", Shared)
def test_F3_whatever_is_shared_refuses_in_words_that_do_not_say_what_or_with_whom(what):
    told = refusal(SECURE, **FREE, collides=frozenset({what}))
    assert told == "The recipient is, or shares details with, somebody this must not reach (Rulebook F3)."


def test_S1_the_address_has_grounds_of_its_own():
    odd = Recipient(UUID(int=1), UUID(int=2), "rep@refuge.example\n")
    assert grounds(odd, **FREE) is Ground.NO_USABLE_ADDRESS
    assert grounds(ORDINARY, **FREE | {"content": True}) is Ground.NOT_A_SECURE_DOMAIN
    assert grounds(ORDINARY, **FREE) is None


def test_a_refusal_is_counted_under_the_first_ground_that_stands():
    facts = FREE.copy()
    for why in reversed(AGAINST):
        facts |= AGAINST[why]
        assert grounds(SECURE, **facts) is why


def test_every_ground_has_words_of_its_own():
    assert len({why.words for why in Ground}) == len(Ground)
