"""For each rule a database keeps by itself, what breaks it and nothing else.

There is one row in every table, and a second account, person and agency.
"""

from uuid import uuid4

from meetingsvc.models import Base
from tests.proofs.catalogue import Kept


def copied(table: str, **other: str) -> str:
    """Another row like the one there is, but for these columns, in SQL."""
    columns = Base.metadata.tables[table].columns
    values = {column.name: f'"{column.name}"' for column in columns}
    for column in columns:
        if column.primary_key and not column.foreign_keys:
            numbers = column.type.python_type is int
            values[column.name] = f'"{column.name}" + 1' if numbers else f"'{uuid4().hex}'"
    values |= USUAL.get(table, {}) | other
    names = ", ".join(f'"{name}"' for name in values)
    return f'INSERT INTO "{table}" ({names}) SELECT {", ".join(values.values())} FROM "{table}" LIMIT 1'


_AGENCY = "(SELECT id FROM agency WHERE name = 'second')"
_ACCOUNT = "(SELECT id FROM account WHERE email = 'second')"
#: Of which there may be no two alike.
USUAL = {
    "associate": {"person_id": "(SELECT id FROM person WHERE surname = 'second')"},
    "protection_order": {"version": "version + 1"},
    "feedback_try": {"place": "place + 1"},
}
SECOND = (
    copied("account", email="'second'"),
    copied("person", surname="'second'"),
    copied("agency", name="'second'"),
)
_A_SECOND_NOTE = copied("note", text="'second'")
_KEPT_NOTE = ("UPDATE note SET text = 'y'", "DELETE FROM note WHERE text = 'second'")

_BOTH_SOURCES = (
    'UPDATE {} SET case_id = (SELECT id FROM "case" LIMIT 1), incident_id = (SELECT id FROM incident)'
)

BREAKS: dict[str, tuple[str, ...]] = {
    "ck_agency_attendance_information_sent_on_a_day": (
        "UPDATE agency_attendance SET information_sent = FALSE",
    ),
    "ck_attendee_apart_reason_given": ("UPDATE attendee_apart SET reason = ' '",),
    "ck_meeting_move_reason_given": ("UPDATE meeting_move SET reason = ' '",),
    "ck_meeting_move_day_with_its_hour": ("UPDATE meeting_move SET sits_on = NULL",),
    "ck_attendee_name_given": ("UPDATE attendee SET name = ' '",),
    "ck_attendee_observer_signed_first": (
        "UPDATE attendee SET observer = TRUE, here = TRUE, confidential_at = NULL",
    ),
    "ck_meeting_minutes_approved_by_another": (
        copied("meeting_minutes", version="version + 1", approved_by="drafted_by"),
    ),
    "ck_meeting_minutes_corrected_with_reason": (
        copied("meeting_minutes", version="version + 1", what="' '"),
        copied("meeting_minutes", version="version + 1", why="' '"),
    ),
    "uq_rehearser_area_id_real_id": (copied("rehearser", account_id=_ACCOUNT),),
    "uq_meeting_minutes_meeting_id_version": (copied("meeting_minutes"),),
    "meeting_minutes_stays_as_approved": ("UPDATE meeting_minutes SET why = 'y'",),
    "minutes_case_stays_as_approved": ("UPDATE minutes_case SET said = 'y'",),
    "ck_pack_edition_reason_given": ("UPDATE pack_edition SET reason = ' '",),
    "uq_pack_edition_pack_id_number": (copied("pack_edition"),),
    "ck_pack_recall_reason_given": ("UPDATE pack_recall SET reason = ' '",),
    "ck_pack_destruction_answered": (
        "UPDATE pack_destruction SET answered_at = NULL",
        "UPDATE pack_destruction SET destroyed = NULL",
    ),
    "ck_pack_destruction_because_given": ("UPDATE pack_destruction SET destroyed = FALSE, because = ' '",),
    "uq_pack_destruction_copy_id": (copied("pack_destruction"),),
    "uq_item_hearing_now": (copied("item_hearing", ended_at="NULL"),),
    "ck_feedback_told_or_unsafe": (
        copied("feedback", version="version + 1", unsafe="' '"),
        copied("feedback", version="version + 1", agency_id=_AGENCY),
        copied("feedback", version="version + 1", unsafe="''", name="'x'", due="'2026-11-02'"),
    ),
    "uq_feedback_item_id_version": (copied("feedback"),),
    "feedback_stays_as_told": ("UPDATE feedback SET unsafe = 'y'",),
    "ck_feedback_try_result": (copied("feedback_try", result="'perhaps'"),),
    "ck_feedback_try_by_whom_and_how": (
        copied("feedback_try", by_whom="' '"),
        copied("feedback_try", how="' '"),
    ),
    "ck_feedback_try_tried_again": (copied("feedback_try", again_on="NULL"),),
    "ck_feedback_try_told_once": (copied("feedback_try", result="'told'"),),
    "uq_feedback_try_feedback_id_place": (copied("feedback_try", place="place"),),
    "feedback_try_stays_as_told": ("UPDATE feedback_try SET how = 'y'",),
    "ck_flag_whose": (copied("flag", key="'second'", whose="'dog'"),),
    "ck_flag_perpetrator_with_two_statements": tuple(
        copied("flag", **{"key": "'second'", "whose": "'perpetrator'", "stated_by": _ACCOUNT, **wrong})
        for wrong in ({"necessary": "' '"}, {"cannot_reach": "' '"}, {"stated_by": "NULL"})
    ),
    "uq_flag_case_id_agency_id_whose_key": (copied("flag"),),
    "ck_address_kind": (copied("address", kind="'cave'"),),
    "ck_address_perpetrator_knows": (copied("address", perpetrator_knows="'maybe'"),),
    "ck_address_sealed_or_text": (copied("address", text="'x'"),),
    "ck_address_share_reason": ("UPDATE address_share SET reason = ''",),
    "ck_address_told_by": (copied("address", source="''"), copied("address", author="''")),
    "ck_alarm_dealt_with_by_another": ("UPDATE alarm SET dealt_with_by = account_id",),
    "ck_case_victim_of_abuse": ('UPDATE "case" SET victim_id = NULL',),
    "ck_case_subject_of_no_abuse": ("UPDATE \"case\" SET kind = 'child'",),
    "ck_subject_name_given": ("UPDATE subject SET name = ' '",),
    "ck_breach_detected_before": ("UPDATE breach SET raised_at = '2000-01-01 00:00:00+00'",),
    "ck_applicant_contact_shown_reason": ("UPDATE applicant_contact_shown SET reason = ''",),
    "ck_application_step_with_its_reason": (
        copied("application_step", place="place + 1", step="'withdrawn'", reason="''"),
    ),
    "ck_disclosure_application_who_asks_is_known": (
        "UPDATE disclosure_application SET applicant = ''",
        "UPDATE disclosure_application SET identity = ''",
    ),
    "ck_disclosure_request_who_asks_and_why": (
        "UPDATE disclosure_request SET name = ' '",
        "UPDATE disclosure_request SET purpose = ' '",
    ),
    "ck_disclosure_request_court_with_its_hearing": (
        "UPDATE disclosure_request SET kind = 'court', hearing_at = NULL",
    ),
    "uq_disclosure_request_area_id_reference": (copied("disclosure_request"),),
    "ck_disclosure_step_signed": (
        copied("disclosure_step", place="place + 1", step="'approved'", signed="FALSE"),
        copied("disclosure_step", place="place + 1", step="'released'", signed="FALSE"),
    ),
    "uq_disclosure_step_request_id_place": (copied("disclosure_step"),),
    "disclosure_step_stays": ("UPDATE disclosure_step SET reason = 'y'",),
    "disclosure_answer_stays": ("UPDATE disclosure_answer SET words = 'y'",),
    "ck_disclosure_release_second_person": ("UPDATE disclosure_release SET released_by = prepared_by",),
    "ck_disclosure_release_decided": (
        "UPDATE disclosure_release SET released_at = prepared_at, decided_by = NULL",
    ),
    "ck_disclosure_release_to_whom_and_why": (
        "UPDATE disclosure_release SET recipient = ' '",
        "UPDATE disclosure_release SET purpose = ' '",
    ),
    "ck_disclosure_telling_in_person_with_a_warning": (
        "UPDATE disclosure_telling SET in_person = FALSE",
        "UPDATE disclosure_telling SET warned = FALSE",
    ),
    "ck_disclosure_update_step_with_its_reason": ("UPDATE disclosure_update_step SET reason = ' '",),
    "ck_named_case_part_decided_by_another": ("UPDATE named_case_part SET decided_by = proposed_by",),
    "ck_named_case_part_with_its_reason": ("UPDATE named_case_part SET why = ' '",),
    "ck_named_case_held_kept_with_its_reason": ("UPDATE named_case_held SET how = 'kept', why = ' '",),
    "ck_named_case_held_answered_at_some_time": (
        "UPDATE named_case_held SET how = 'destroyed', answered_at = NULL",
    ),
    "ck_named_case_entry_with_words": ("UPDATE named_case_entry SET words = ' '",),
    "ck_named_case_entry_said_with_its_source": (
        "UPDATE named_case_entry SET direction = 'said', kind = '', source = 'y'",
        "UPDATE named_case_entry SET direction = 'said', kind = 'fact', source = ' '",
    ),
    "ck_sharing_decision_decided_at_a_moment": (copied("sharing_decision", state="'to be shared'"),),
    "ck_sharing_decision_decided_with_its_reason": (
        copied("sharing_decision", state="'to be shared'", decided_at="made_at", why="' '"),
    ),
    "sharing_decision_stays_as_decided": ("UPDATE sharing_decision SET what = 'y'",),
    "sharing_decision_stays_on_its_case": ("UPDATE sharing_decision SET case_id = NULL",),
    "uq_sharing_review_sharing_id_place": (copied("sharing_review"),),
    "sharing_review_stays": ("UPDATE sharing_review SET reason = 'y'",),
    "sharing_review_no_delete": ("DELETE FROM sharing_review",),
    "ck_agreement_signature_signed_by_somebody": (
        "UPDATE agreement_signature SET signed_by = ' '",
        "UPDATE agreement_signature SET post = ' '",
    ),
    "uq_retention_review_case_id_due_on": (copied("retention_review"),),
    "ck_retention_step_told_with_outcome": ("UPDATE retention_step SET told = NULL",),
    "uq_retention_step_review_id_place": (copied("retention_step"),),
    "ck_case_hold_reason_given": ("UPDATE case_hold SET reason = ' '",),
    "uq_retention_ask_case_id_agency_id_due_on": (copied("retention_ask"),),
    "ck_retention_ask_answered": ("UPDATE retention_ask SET answered_at = NULL",),
    "ck_retention_ask_both_answered": ("UPDATE retention_ask SET may_go = NULL",),
    "uq_destruction_decision": (copied("destruction"),),
    "ck_notice_one_source": (_BOTH_SOURCES.format("notice"),),
    "uq_protection_order_area_id_reference_version": (copied("protection_order", version="version"),),
    "ck_protection_order_one_source": (_BOTH_SOURCES.format("protection_order"),),
    "ck_associate_relation": (copied("associate", relation="''"),),
    "ck_associate_told_by": (copied("associate", source="''"), copied("associate", author="''")),
    "ck_confirmation_not_confirmed_with_reason": (copied("confirmation", confirmed="FALSE", reason="' '"),),
    "ck_emergency_ask_reason_given": ("UPDATE emergency_ask SET reason = ' '",),
    "ck_emergency_ask_decided_by_another": ("UPDATE emergency_ask SET decided_by = asked_by",),
    "ck_emergency_ask_refused_with_reason": ("UPDATE emergency_ask SET accepted = FALSE, why = ' '",),
    "ck_consent_answer": (copied("consent", answer="'maybe'"),),
    "ck_consent_grounds_where_not_sought": (copied("consent", grounds="'child'"),),
    "ck_consent_limits_told": (copied("consent", answer="'limited'", limits="''"),),
    "ck_consent_told_by": (copied("consent", source="''"), copied("consent", author="''")),
    "ck_consent_without_consent_recorded": tuple(
        copied("consent", answer="'withheld'", **{name: "''"})
        for name in ("what", "why", "authorised_by", "receives")
    ),
    "ck_risk_assessment_judged_with_reason": (copied("risk_assessment", counted="NULL", reason="''"),),
    "ck_risk_assessment_level": (copied("risk_assessment", level="'low'", counted="NULL"),),
    "ck_risk_assessment_never_lower": (copied("risk_assessment", level="'medium'"),),
    "ck_risk_assessment_told_by": (
        copied("risk_assessment", source="''"),
        copied("risk_assessment", author="''"),
    ),
    "ck_crime_disclosed_text_given": (copied("crime_disclosed", text="' '"),),
    "ck_plan_review_verdict_known": ("UPDATE plan_review SET verdict = 'perhaps'",),
    "ck_plan_review_change_said": ("UPDATE plan_review SET verdict = 'change', text = ' '",),
    "ck_contact_kind": (copied("contact", kind="'fax'"),),
    "ck_contact_told_by": (copied("contact", source="''"), copied("contact", author="''")),
    "ck_contact_value": (copied("contact", ended="FALSE", value="''"),),
    "ck_correction_request_declined_with_reason": (
        "UPDATE correction_request SET answer = 'declined', why = ' '",
    ),
    "ck_correction_request_reason_given": ("UPDATE correction_request SET reason = ' '",),
    "ck_match_proposal_decided_with_reason": (
        f"UPDATE match_proposal SET decided_by = {_ACCOUNT}, reason = ' '",
    ),
    "ck_match_proposal_state_known": ("UPDATE match_proposal SET state = 'perhaps'",),
    "ck_note_author_given": (copied("note", author="' '"),),
    "ck_note_corrected_with_reason": (copied("note", corrects="id", why="' '"),),
    "ck_note_kind_known": (copied("note", kind="'rumour'"),),
    "ck_note_source_given": (copied("note", source="' '"),),
    "ck_note_text_given": (copied("note", text="' '"),),
    "ck_referral_sent_with_reference": ("UPDATE referral SET reference = NULL",),
    "ck_exploitation_referral_sent_with_reference": ("UPDATE exploitation_referral SET reference = NULL",),
    "ck_exploitation_referral_taken_in_when_sent": (
        "UPDATE exploitation_referral SET state = 'a draft', first_sent_at = NULL,"
        ' case_id = (SELECT id FROM "case" LIMIT 1)',
    ),
    "ck_immediate_asked_of_one": ("UPDATE immediate_asked SET referral_id = NULL, episode_id = NULL",),
    "ck_missing_episode_returned_after": (
        "UPDATE missing_episode SET returned_at = '2000-01-01 00:00:00+00'",
    ),
    "ck_care_document_title_given": ("UPDATE care_document SET title = ' '",),
    "ck_care_document_author_given": ("UPDATE care_document SET author = ' '",),
    "ck_care_document_withdrawn_by_somebody": (
        "UPDATE care_document SET withdrawn_by = CASE WHEN withdrawn_at IS NULL THEN told_by END",
    ),
    "ck_screening_reason": ("UPDATE screening SET reason = ''",),
    "ck_link_two_ends": (copied("link", other_id="one_id"),),
    "ck_link_told_by": (copied("link", source="' '"), copied("link", author="' '")),
    "ck_link_standing": (copied("link", standing="'rumour'"),),
    "ck_link_confirmed_is_fact": (copied("link", strength="'confirmed'", standing="'professional opinion'"),),
    "ck_link_ended_with_reason": ("UPDATE link SET ended = ' '",),
    "ck_link_confirmed_by_another": (
        "UPDATE link SET mistaken = true, ended_by = recorded_by, confirmed_by = recorded_by",
    ),
    "link_stays_as_told": ("UPDATE link SET source = 'y'", "UPDATE link SET first_on = NULL"),
    "ck_subject_trait_told_by": (
        copied("subject_trait", source="' '"),
        copied("subject_trait", author="' '"),
    ),
    "ck_subject_trait_standing": (copied("subject_trait", standing="'rumour'"),),
    "ck_subject_trait_text_given": (copied("subject_trait", text="' '"),),
    "ck_subject_trait_confirmed_by_another": (
        "UPDATE subject_trait SET ended = 'y', ended_by = recorded_by, confirmed_by = recorded_by",
    ),
    "subject_trait_stays_as_told": (
        "UPDATE subject_trait SET text = 'y'",
        """UPDATE subject_trait SET "on" = '2000-01-01'""",
    ),
    "ck_pattern_state": (copied("pattern", state="'put'"),),
    "ck_pattern_reason": (copied("pattern", reason="' '"),),
    "ck_pattern_children": (copied("pattern", children="1"),),
    "ck_level_said_reason": (copied("level_said", reason="' '"),),
    "level_said_stays_as_told": ("UPDATE level_said SET level = 'y'",),
    "ck_ladder_step_reason": (copied("ladder_step", reason="''"),),
    "ck_ladder_step_confirmed_by_another": (copied("ladder_step", confirmed_by="made_by"),),
    "ck_ladder_step_two_for_leaving": (copied("ladder_step", decision="'leave'", confirmed_by="NULL"),),
    "ladder_step_stays_as_decided": ("UPDATE ladder_step SET reason = 'y'",),
    "ck_ladder_place_whole_transition": (
        "UPDATE ladder_place SET transition_to = 'y', transition_on = NULL",
    ),
    "ck_ladder_place_whose_leaving": ("UPDATE ladder_place SET leaving = '{}', leaving_by = NULL",),
    "ck_agenda_put_reason": (copied("agenda_put", reason="' '"),),
    "ck_agenda_put_off_with_reason": (
        copied("agenda_put", off_reason="'y'"),
        copied("agenda_put", off_by="put_by"),
    ),
    "agenda_put_stays_as_told": ("UPDATE agenda_put SET reason = 'y'",),
    "ck_referral_move_reason": ("UPDATE referral_move SET reason = ''",),
    "ck_referral_told_sight": (copied("referral_told", sight="'nowhere'"),),
    "ck_opening_approved_by_another": ("UPDATE opening SET approved_by = account_id",),
    "ck_opening_refused_by_another": ("UPDATE opening SET refused_by = account_id",),
    "ck_opening_reviewed_by_another": ("UPDATE opening SET reviewed_by = account_id",),
    "ck_proposal_decided_by_another": ("UPDATE proposal SET decided_by = proposed_by",),
    "ck_proposal_decided_by_none_it_is_about": (
        f"UPDATE proposal SET about_id = {_ACCOUNT}, decided_by = {_ACCOUNT}",
    ),
    "ck_proposal_proposed_by_another": ("UPDATE proposal SET about_id = proposed_by",),
    "ck_person_merge_confirmed_by_another": (
        f"UPDATE person_merge SET merged_by = {_ACCOUNT}, confirmed_by = {_ACCOUNT}",
    ),
    "ck_person_merge_undo_confirmed_by_another": (
        f"UPDATE person_merge SET undone_by = {_ACCOUNT}, undo_confirmed_by = {_ACCOUNT}",
    ),
    "ck_refusal_seen_by_another": ("UPDATE refusal SET seen_by = account_id",),
    "ck_research_answer_said_known": ("UPDATE research_answer SET said = 'perhaps'",),
    "ck_research_named_kind_known": ("UPDATE research_named SET kind = 'pet'",),
    "ck_research_named_named_with_reason": (
        "UPDATE research_named SET name = ' '",
        "UPDATE research_named SET why = ' '",
    ),
    "ck_reveal_reason": ("UPDATE reveal SET reason = ''",),
    "ck_relationship_removed_with_reason": ("UPDATE relationship SET removed_why = ' '",),
    "ck_relationship_standing": (copied("relationship", standing="'rumour'"),),
    "ck_relationship_told_by": (copied("relationship", source="' '"), copied("relationship", author="' '")),
    "ck_staff_detail_of_whom": ("UPDATE staff_detail SET of_whom = 'other'",),
    "ck_transfer_confirmed_by_another": ("UPDATE transfer SET confirmed_by = proposed_by",),
    "ck_transfer_to_another_area": ("UPDATE transfer SET to_area_id = area_id",),
    "ck_wall_decided_by_another": ("UPDATE wall SET decided_by = account_id",),
    "fk_address_replaces_id_agency_id_address": (copied("address", replaces_id="id", agency_id=_AGENCY),),
    "fk_contact_replaces_id_agency_id_contact": (copied("contact", replaces_id="id", agency_id=_AGENCY),),
    "uq_address_replaces_id": (copied("address", replaces_id="id"),),
    "uq_associate_case_id_person_id": (copied("associate", person_id="person_id"),),
    "uq_contact_replaces_id": (copied("contact", replaces_id="id"),),
    "uq_note_corrects": (copied("note", corrects="id", why="'y'"),),
    "outcome_version_stays_as_told": ("UPDATE outcome_version SET told = '[]'",),
    "consent_stays_as_told": ("UPDATE consent SET limits = 'y'",),
    "risk_assessment_stays_as_told": ("UPDATE risk_assessment SET source = 'y'",),
    "address_stays_as_told": ("UPDATE address SET known_to = 'y'",),
    "associate_stays_as_told": ("UPDATE associate SET relation = 'y'",),
    "relationship_stays_as_told": ("UPDATE relationship SET kind = 'y'",),
    "contact_stays_as_told": ("UPDATE contact SET value = 'y'",),
    "audit_no_update": ("UPDATE audit SET actor = 'y'",),
    "audit_no_delete": ("DELETE FROM audit", "INSERT OR REPLACE INTO audit SELECT * FROM audit"),
    "audit_append_only": ("UPDATE audit SET actor = 'y'", "DELETE FROM audit", "TRUNCATE audit"),
    "note_no_update": _KEPT_NOTE[:1],
    "note_no_delete": _KEPT_NOTE[1:],
    "note_no_replace": ("INSERT OR REPLACE INTO note SELECT * FROM note WHERE text = 'second'",),
    "note_kept": (*_KEPT_NOTE[:1], "TRUNCATE note CASCADE"),
    "note_own_correction": (copied("note", corrects="id", agency_id=_AGENCY, why="'y'"),),
}
#: What has to be there before.
FIRST: dict[str, tuple[str, ...]] = {
    "uq_address_replaces_id": (copied("address", replaces_id="id"),),
    "uq_contact_replaces_id": (copied("contact", replaces_id="id"),),
    "uq_note_corrects": (copied("note", corrects="id", why="'y'"),),
    "uq_item_hearing_now": ("UPDATE item_hearing SET ended_at = NULL",),
    "uq_proposal_open": ("UPDATE proposal SET state = 'open'",),
    "uq_transfer_open": ("UPDATE transfer SET state = 'sent'",),
    "sharing_decision_stays_as_decided": (
        "UPDATE sharing_decision SET state = 'to be shared', decided_at = made_at",
    ),
    "sharing_decision_stays_on_its_case": (
        'UPDATE sharing_decision SET case_id = (SELECT id FROM "case" LIMIT 1)',
        "UPDATE sharing_decision SET state = 'to be shared', decided_at = made_at, why = 'y'",
    ),
    **dict.fromkeys(("note_no_delete", "note_no_replace", "note_kept"), (_A_SECOND_NOTE,)),
}
#: What nothing can break alone, and why.
ALONE_USELESS = {
    "note_no_replace": "what it refuses note_no_delete refuses too",
    "uq_address_id_agency_id": "its first column is the key; it is there to be referred to",
    "uq_contact_id_agency_id": "its first column is the key; it is there to be referred to",
}


def breaking(rule: Kept) -> tuple[str, ...]:
    """Each of these the database refuses, only because of this rule; none where nobody wrote one."""
    if rule.name in BREAKS:
        return BREAKS[rule.name]
    if rule.kind == "not null":
        return (copied(rule.table, **{rule.name: "NULL"}),)
    return (copied(rule.table),) if rule.kind in ("unique", "index") else ()
