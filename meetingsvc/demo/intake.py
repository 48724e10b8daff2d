"""What four victims said about sharing, and how two professionals assessed the risk."""

from datetime import datetime, timedelta

from agenda.calendar import local_day
from agenda.incidents import Risk
from agenda.referral_consent import Answer, Consent, Ground, Lawful, Sharing
from agenda.risk_tool_dash import DASH
from agenda.risk_tool_registry import DARA
from meetingsvc.demo import sharing
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, demo
from meetingsvc.usecases import consents, risk_assessments
from meetingsvc.usecases.risk_assessments import Told

A_MINUTE = timedelta(minutes=1)
_SHARING = Sharing(
    "What officers and the health visitor saw", frozenset({Lawful.CRIME, Lawful.RIGHT_TO_LIFE}),
    "The detective inspector on duty", "The agencies of the panel",
)  # fmt: skip


def tell(coordinator: Principal, health: Principal, police: Principal, now: datetime) -> None:
    """Of the first cases of the open agenda, as three people told it one afternoon."""
    with acting.acting(coordinator):
        _, cases = demo.on_open_agenda(coordinator)
    today, by = local_day(now), health.name
    lines = (
        (health, Consent(Answer.LIMITED, today, by, "Nothing to her employer, and no letter to the house.")),
        (health, Consent(Answer.WITHHELD, today, by, sharing=_SHARING)),
        (coordinator, Consent(Answer.NOT_SOUGHT, today, by, "", frozenset({Ground.CHILD}), _SHARING)),
        (coordinator, Consent(Answer.GIVEN, today, by)),
    )
    for place, ((case_id, _, _), (who, line)) in enumerate(zip(cases, lines, strict=False)):
        consents.record(who, case_id, line, "asked at the clinic", now + place * A_MINUTE)
    filled = ((health, _dash(health, now)), (police, _dara(police, now)))
    for (case_id, _, _), (who, told) in zip(cases, filled, strict=False):
        risk_assessments.record(who, case_id, told, now + 9 * A_MINUTE)
    sharing.decide(health, next((case_id for case_id, *_ in cases), None), now + 20 * A_MINUTE)


def _dash(who: Principal, now: datetime) -> Told:
    """Eleven yes, one not known: judged high all the same."""
    yes = [question.id for question in DASH.questions[:11]]
    answers = {question.id: "yes" if question.id in yes else "no" for question in DASH.questions}
    answers["animals"] = "dont know"
    why = "He has found where she works, and waited there twice this week."
    return Told(DASH, answers, Risk.HIGH, why, local_day(now), who.name, "asked her at the clinic")


def _dara(who: Principal, now: datetime) -> Told:
    why = "Controlling behaviour over years, worse since she left."
    return Told(DARA, {}, Risk.HIGH, why, local_day(now), who.name, "asked her at the station")
