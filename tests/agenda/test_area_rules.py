from agenda.area import AreaSettings
from agenda.area_rules import bands, escalation, returns
from agenda.referral_reasons import Escalation
from agenda.referral_state import Returns
from agenda.risk_tools import BANDS


def test_the_area_s_numbers_begin_with_the_rules_own():
    told = AreaSettings()
    assert (bands(told), escalation(told), returns(told)) == (BANDS, Escalation(), Returns())
