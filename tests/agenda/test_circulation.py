from itertools import product

import pytest

from agenda.circulation import Decision, Group, decide, problem_with_change, propose, to_discussion
from agenda.rules import RuleBroken


def test_C_the_five_groups_in_the_protocols_order():
    assert [group.label for group in Group] == [
        "Group 1: repeat, no existing safeguards – for discussion",
        "Group 2: new referral, no existing safeguards – for discussion",
        "Group 3: new referral, safeguards in place – update only",
        "Group 4: repeat, safeguards in place – update only",
        "Group 5: disclosure scheme (Clare's Law) – update only",
    ]


@pytest.mark.parametrize(
    "repeat, safeguards, group", [(True, False, 1), (False, False, 2), (False, True, 3), (True, True, 4)]
)
def test_C1_the_group_follows_from_repeat_and_safeguards(repeat, safeguards, group):
    assert propose(False, repeat, safeguards).group == group


@pytest.mark.parametrize("repeat, safeguards", list(product([True, False], repeat=2)))
def test_C1_a_case_of_disclosure_applications_only_is_group_5(repeat, safeguards):
    proposal = propose(True, repeat, safeguards)
    assert proposal.group is Group.DISCLOSURE
    assert proposal.why == "Every entry of this case is a disclosure scheme application."


@pytest.mark.parametrize("repeat, safeguards", list(product([True, False], repeat=2)))
def test_C1_the_proposal_says_which_facts_it_follows_from(repeat, safeguards):
    why = propose(False, repeat, safeguards).why
    assert ("is a repeat" in why) == repeat
    assert ("is a new referral" in why) != repeat
    assert ("safeguards are in place" in why) == safeguards
    assert ("safeguards are not in place" in why) != safeguards


def test_C1_a_confirmed_group_needs_no_reason():
    assert problem_with_change(Group(1), Group(1), "") is None
    assert decide(Group(1), Group(1), "") == Decision(Group(1), Group(1), "")
    assert not decide(Group(1), Group(1), "").changed


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_C1_a_changed_group_needs_a_reason(reason):
    told = "Say why this is group 2 and not group 4, which the service proposed"
    assert problem_with_change(Group(4), Group(2), reason) == told
    with pytest.raises(RuleBroken, match=told):
        decide(Group(4), Group(2), reason)


def test_C1_both_groups_are_kept_with_the_reason():
    decision = decide(Group(4), Group(2), " She has left the refuge ")
    assert (decision.proposed, decision.chosen) == (Group(4), Group(2))
    assert decision.reason == "She has left the refuge" and decision.changed


@pytest.mark.parametrize("group, discussed", [(3, 2), (4, 1), (5, 5)])
def test_C3_an_item_an_agency_does_not_confirm_moves_to_discussion(group, discussed):
    moved = to_discussion(Group(group), "Not engaging since Monday")
    assert (moved.was, moved.group, moved.reason) == (group, discussed, "Not engaging since Monday")


@pytest.mark.parametrize("group", [1, 2])
def test_C3_an_item_already_for_discussion_does_not_move(group):
    with pytest.raises(RuleBroken, match=f"already for discussion, in group {group}"):
        to_discussion(Group(group), "Not engaging")


def test_C3_moving_to_discussion_needs_the_agencys_reason():
    with pytest.raises(RuleBroken, match="Say what the agency could not confirm"):
        to_discussion(Group(3), " ")
