from agenda.area import CONFIDENTIALITY, AreaSettings
from agenda.area_rules import bands, escalation, returns
from agenda.referral_reasons import Escalation
from agenda.referral_state import Returns
from agenda.risk_tools import BANDS


def test_the_area_s_numbers_begin_with_the_rules_own():
    told = AreaSettings()
    assert (bands(told), escalation(told), returns(told)) == (BANDS, Escalation(), Returns())


def test_X1_what_is_read_out_passes_nothing_on_without_the_chair() -> None:
    assert "pass it on to nobody without the chair’s consent" in CONFIDENTIALITY
    assert AreaSettings().confidentiality_statement == CONFIDENTIALITY
