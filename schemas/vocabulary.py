"""The programme's vocabularies, and which words fit together.

Stable codes; their labels live in the phone's texts. Unknown codes round-trip.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Method(StrEnum):
    """How the family was approached."""

    ROBO_CALL = "robo_call"
    PHONE_CALL = "phone_call"
    SMS = "sms"
    EMAIL = "email"
    LETTER_MAIL = "letter_mail"
    LETTER_CERTIFIED = "letter_certified"
    LETTER_PERSONAL_SERVICE = "letter_personal_service"
    HOME_VISIT = "home_visit"
    SCHOOL_MEETING = "school_meeting"
    VIRTUAL_MEETING = "virtual_meeting"
    STUDENT_CONFERENCE = "student_conference"
    COMMUNITY_VISIT = "community_visit"
    OTHER = "other"


class Direction(StrEnum):
    """Who approached whom."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Party(StrEnum):
    """Who was reached."""

    GUARDIAN = "guardian"
    STUDENT = "student"
    OTHER_ADULT_IN_HOUSEHOLD = "other_adult_in_household"
    RELATIVE_OUTSIDE_HOUSEHOLD = "relative_outside_household"
    NEIGHBOR = "neighbor"
    AGENCY_WORKER = "agency_worker"
    NONE = "none"


class Outcome(StrEnum):
    """What came of it. An attempt counts, also when nobody was there."""

    SPOKE_GUARDIAN = "spoke_guardian"
    SPOKE_STUDENT = "spoke_student"
    SPOKE_GUARDIAN_AND_STUDENT = "spoke_guardian_and_student"
    SPOKE_OTHER_ADULT = "spoke_other_adult"
    REFUSED_TO_TALK = "refused_to_talk"
    DOOR_CLOSED_QUICKLY = "door_closed_quickly"
    REPLIED_TEXT_OR_EMAIL = "replied_text_or_email"
    VOICEMAIL_LEFT = "voicemail_left"
    MAILBOX_FULL = "mailbox_full"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    NUMBER_DISCONNECTED = "number_disconnected"
    WRONG_NUMBER = "wrong_number"
    OPTED_OUT = "opted_out"
    LANGUAGE_BARRIER = "language_barrier"
    DELIVERED_NO_REPLY = "delivered_no_reply"
    UNDELIVERED = "undelivered"
    MAIL_SENT = "mail_sent"
    MAIL_RETURNED = "mail_returned"
    NO_ONE_HOME_NOTE_LEFT = "no_one_home_note_left"
    NO_ONE_HOME_NO_NOTE = "no_one_home_no_note"
    SOMEONE_HOME_NO_ANSWER = "someone_home_no_answer"
    MINOR_ONLY_HOME = "minor_only_home"
    FAMILY_NOT_AT_ADDRESS = "family_not_at_address"
    NO_ACCESS_GATE_OR_BUILDING = "no_access_gate_or_building"
    VISIT_ABANDONED_SAFETY = "visit_abandoned_safety"
    MEETING_HELD = "meeting_held"
    MEETING_NO_SHOW = "meeting_no_show"
    CANCELLED = "cancelled"


class FollowUpKind(StrEnum):
    """What is owed next."""

    CALL_BACK = "call_back"
    REVISIT = "revisit"
    FIX_CONTACT_DATA = "fix_contact_data"
    ADDRESS_CHECK = "address_check"
    INTERPRETER = "interpreter"
    PLAN_REVIEW = "plan_review"
    WEEKLY_PROGRESS_CHECK = "weekly_progress_check"
    REFERRAL_CHECK = "referral_check"
    EXCUSE_DOCUMENT_CHECK = "excuse_document_check"
    RESCHEDULE = "reschedule"
    TEAM_REVIEW = "team_review"
    SAFETY_REVIEW = "safety_review"
    OTHER_CHANNEL = "other_channel"
    SCHOOL_STAFF_CHECK = "school_staff_check"
    LETTER_CHECK = "letter_check"
    RECORDS_CORRECTION = "records_correction"
    OTHER = "other"


class ReferralType(StrEnum):
    """Where a family was pointed to."""

    COUNSELING_SCHOOL = "counseling_school"
    BEHAVIORAL_HEALTH_COMMUNITY = "behavioral_health_community"
    SUBSTANCE_USE_SERVICES = "substance_use_services"
    SCHOOL_BASED_HEALTH_CENTER = "school_based_health_center"
    MEDICAL_OR_DENTAL = "medical_or_dental"
    BASIC_NEEDS_FOOD_CLOTHING = "basic_needs_food_clothing"
    HOUSING_MCKINNEY_VENTO = "housing_mckinney_vento"
    UTILITIES_OR_FINANCIAL = "utilities_or_financial"
    TRANSPORTATION = "transportation"
    ACADEMIC_SUPPORT_TUTORING = "academic_support_tutoring"
    STUDENT_ASSISTANCE_TEAM = "student_assistance_team"
    SPECIAL_EDUCATION_EVALUATION = "special_education_evaluation"
    SECTION_504 = "section_504"
    PREGNANT_PARENTING_PROGRAM = "pregnant_parenting_program"
    MENTORING_OR_AFTER_SCHOOL = "mentoring_or_after_school"
    EMPLOYMENT_SUPPORT = "employment_support"
    LEGAL_OR_IMMIGRATION_AID = "legal_or_immigration_aid"
    FAMILY_RESOURCE_CENTER = "family_resource_center"
    PARENTING_SUPPORT = "parenting_support"
    TRIBAL_ATTENDANCE_OR_INDIAN_EDUCATION = "tribal_attendance_or_indian_education"
    MEDIATION_OR_TEEN_COURT = "mediation_or_teen_court"
    JUVENILE_PROBATION_OFFICE = "juvenile_probation_office"
    CYFD_ATTENDANCE = "cyfd_attendance"
    SCHOOL_TRANSFER_OR_ALTERNATIVE = "school_transfer_or_alternative"
    RECORDS_CORRECTION = "records_correction"
    OTHER = "other"


CAUSES: Mapping[str, tuple[str, ...]] = {
    "barrier": (
        "chronic_or_acute_illness",
        "mental_health_student",
        "mental_health_family",
        "family_responsibilities",
        "caring_for_sibling",
        "trauma_or_violence",
        "domestic_violence",
        "substance_use_student",
        "substance_use_family",
        "transportation",
        "housing_instability",
        "food_or_basic_needs",
        "access_to_health_services",
        "pregnant_or_parenting",
        "work_schedule_conflict",
        "system_involvement",
        "immigration_concern",
        "no_device_or_internet",
        "unsafe_route",
        "bereavement",
        "cultural_or_tribal_obligation",
        "schedule_or_enrollment_error",
    ),
    "aversion": (
        "academic_struggle",
        "social_struggle",
        "bullying",
        "discipline_or_suspension",
        "anxiety_school_refusal",
        "family_negative_school_experience",
        "undiagnosed_disability",
        "accommodation_missing",
        "safety_at_school",
    ),
    "disengagement": (
        "boredom",
        "no_trusted_adult",
        "lack_of_enrichment",
        "credit_deficiency",
        "lack_of_support",
        "culturally_unresponsive",
        "work_preferred",
        "peer_truancy",
    ),
    "misconception": (
        "only_unexcused_matter",
        "two_days_month_harmless",
        "underestimates_total",
        "stay_home_any_symptom",
        "early_grades_dont_matter",
        "sporadic_is_fine",
        "excuse_rules_unknown",
    ),
    "data": (
        "attendance_record_error",
        "excuse_not_submitted",
    ),
    "unknown": (
        "not_disclosed",
        "not_yet_known",
    ),
}
"""Root causes by group (Attendance Works' four groups, and two of our own)."""


class OutcomeFacts(Struct, frozen=True, kw_only=True):
    """What follows from an outcome."""

    success: bool = False
    """A live two-way exchange with a guardian or the student: counts as reached."""
    district_decides: bool = False
    """``success`` is the default; a district's setting may say otherwise."""
    party: Party | None = None
    """Who must have been reached, so the form need not ask."""
    suppresses_channel: bool = False
    """The number or address is not to be used again until someone has mended it."""
    suggests: FollowUpKind | None = None
    """The follow-up to offer."""


OUTCOME_FACTS: Mapping[Outcome, OutcomeFacts] = {
    Outcome.SPOKE_GUARDIAN: OutcomeFacts(success=True, party=Party.GUARDIAN),
    Outcome.SPOKE_STUDENT: OutcomeFacts(success=True, party=Party.STUDENT),
    Outcome.SPOKE_GUARDIAN_AND_STUDENT: OutcomeFacts(success=True, party=Party.GUARDIAN),
    Outcome.SPOKE_OTHER_ADULT: OutcomeFacts(
        district_decides=True, party=Party.OTHER_ADULT_IN_HOUSEHOLD, suggests=FollowUpKind.CALL_BACK
    ),
    Outcome.REFUSED_TO_TALK: OutcomeFacts(
        success=True, party=Party.GUARDIAN, suggests=FollowUpKind.TEAM_REVIEW
    ),
    Outcome.DOOR_CLOSED_QUICKLY: OutcomeFacts(
        success=True, district_decides=True, party=Party.GUARDIAN, suggests=FollowUpKind.TEAM_REVIEW
    ),
    Outcome.REPLIED_TEXT_OR_EMAIL: OutcomeFacts(success=True, party=Party.GUARDIAN),
    Outcome.VOICEMAIL_LEFT: OutcomeFacts(suggests=FollowUpKind.CALL_BACK),
    Outcome.MAILBOX_FULL: OutcomeFacts(suggests=FollowUpKind.CALL_BACK),
    Outcome.NO_ANSWER: OutcomeFacts(suggests=FollowUpKind.CALL_BACK),
    Outcome.BUSY: OutcomeFacts(suggests=FollowUpKind.CALL_BACK),
    Outcome.NUMBER_DISCONNECTED: OutcomeFacts(
        suppresses_channel=True, suggests=FollowUpKind.FIX_CONTACT_DATA
    ),
    Outcome.WRONG_NUMBER: OutcomeFacts(
        suppresses_channel=True, suggests=FollowUpKind.FIX_CONTACT_DATA
    ),
    Outcome.OPTED_OUT: OutcomeFacts(suppresses_channel=True, suggests=FollowUpKind.OTHER_CHANNEL),
    Outcome.LANGUAGE_BARRIER: OutcomeFacts(suggests=FollowUpKind.INTERPRETER),
    Outcome.DELIVERED_NO_REPLY: OutcomeFacts(suggests=FollowUpKind.CALL_BACK),
    Outcome.UNDELIVERED: OutcomeFacts(
        suppresses_channel=True, suggests=FollowUpKind.FIX_CONTACT_DATA
    ),
    Outcome.MAIL_SENT: OutcomeFacts(),
    Outcome.MAIL_RETURNED: OutcomeFacts(
        suppresses_channel=True, suggests=FollowUpKind.ADDRESS_CHECK
    ),
    Outcome.NO_ONE_HOME_NOTE_LEFT: OutcomeFacts(suggests=FollowUpKind.REVISIT),
    Outcome.NO_ONE_HOME_NO_NOTE: OutcomeFacts(suggests=FollowUpKind.REVISIT),
    Outcome.SOMEONE_HOME_NO_ANSWER: OutcomeFacts(suggests=FollowUpKind.REVISIT),
    Outcome.MINOR_ONLY_HOME: OutcomeFacts(suggests=FollowUpKind.REVISIT),
    Outcome.FAMILY_NOT_AT_ADDRESS: OutcomeFacts(
        suppresses_channel=True, suggests=FollowUpKind.ADDRESS_CHECK
    ),
    Outcome.NO_ACCESS_GATE_OR_BUILDING: OutcomeFacts(suggests=FollowUpKind.REVISIT),
    Outcome.VISIT_ABANDONED_SAFETY: OutcomeFacts(suggests=FollowUpKind.SAFETY_REVIEW),
    Outcome.MEETING_HELD: OutcomeFacts(success=True, party=Party.GUARDIAN),
    Outcome.MEETING_NO_SHOW: OutcomeFacts(suggests=FollowUpKind.RESCHEDULE),
    Outcome.CANCELLED: OutcomeFacts(suggests=FollowUpKind.RESCHEDULE),
}

OUTCOMES_BY_METHOD: Mapping[Method, tuple[Outcome, ...]] = {
    Method.ROBO_CALL: (
        Outcome.DELIVERED_NO_REPLY,
        Outcome.VOICEMAIL_LEFT,
        Outcome.NO_ANSWER,
        Outcome.BUSY,
        Outcome.MAILBOX_FULL,
        Outcome.NUMBER_DISCONNECTED,
        Outcome.WRONG_NUMBER,
        Outcome.OPTED_OUT,
        Outcome.UNDELIVERED,
    ),
    Method.PHONE_CALL: (
        Outcome.SPOKE_GUARDIAN,
        Outcome.SPOKE_STUDENT,
        Outcome.SPOKE_GUARDIAN_AND_STUDENT,
        Outcome.SPOKE_OTHER_ADULT,
        Outcome.REFUSED_TO_TALK,
        Outcome.VOICEMAIL_LEFT,
        Outcome.MAILBOX_FULL,
        Outcome.NO_ANSWER,
        Outcome.BUSY,
        Outcome.NUMBER_DISCONNECTED,
        Outcome.WRONG_NUMBER,
        Outcome.LANGUAGE_BARRIER,
        Outcome.OPTED_OUT,
    ),
    Method.SMS: (
        Outcome.REPLIED_TEXT_OR_EMAIL,
        Outcome.DELIVERED_NO_REPLY,
        Outcome.UNDELIVERED,
        Outcome.WRONG_NUMBER,
        Outcome.OPTED_OUT,
    ),
    Method.EMAIL: (
        Outcome.REPLIED_TEXT_OR_EMAIL,
        Outcome.DELIVERED_NO_REPLY,
        Outcome.UNDELIVERED,
        Outcome.OPTED_OUT,
    ),
    Method.LETTER_MAIL: (
        Outcome.MAIL_SENT,
        Outcome.MAIL_RETURNED,
    ),
    Method.LETTER_CERTIFIED: (
        Outcome.MAIL_SENT,
        Outcome.MAIL_RETURNED,
    ),
    Method.LETTER_PERSONAL_SERVICE: (
        Outcome.SPOKE_GUARDIAN,
        Outcome.SPOKE_STUDENT,
        Outcome.SPOKE_GUARDIAN_AND_STUDENT,
        Outcome.SPOKE_OTHER_ADULT,
        Outcome.REFUSED_TO_TALK,
        Outcome.MAIL_SENT,
        Outcome.FAMILY_NOT_AT_ADDRESS,
        Outcome.NO_ONE_HOME_NO_NOTE,
    ),
    Method.HOME_VISIT: (
        Outcome.SPOKE_GUARDIAN,
        Outcome.SPOKE_STUDENT,
        Outcome.SPOKE_GUARDIAN_AND_STUDENT,
        Outcome.SPOKE_OTHER_ADULT,
        Outcome.REFUSED_TO_TALK,
        Outcome.DOOR_CLOSED_QUICKLY,
        Outcome.LANGUAGE_BARRIER,
        Outcome.NO_ONE_HOME_NOTE_LEFT,
        Outcome.NO_ONE_HOME_NO_NOTE,
        Outcome.SOMEONE_HOME_NO_ANSWER,
        Outcome.MINOR_ONLY_HOME,
        Outcome.FAMILY_NOT_AT_ADDRESS,
        Outcome.NO_ACCESS_GATE_OR_BUILDING,
        Outcome.VISIT_ABANDONED_SAFETY,
    ),
    Method.SCHOOL_MEETING: (
        Outcome.MEETING_HELD,
        Outcome.MEETING_NO_SHOW,
        Outcome.CANCELLED,
    ),
    Method.VIRTUAL_MEETING: (
        Outcome.MEETING_HELD,
        Outcome.MEETING_NO_SHOW,
        Outcome.CANCELLED,
    ),
    Method.STUDENT_CONFERENCE: (
        Outcome.SPOKE_STUDENT,
        Outcome.MEETING_NO_SHOW,
        Outcome.CANCELLED,
    ),
    Method.COMMUNITY_VISIT: (
        Outcome.SPOKE_GUARDIAN,
        Outcome.SPOKE_STUDENT,
        Outcome.SPOKE_GUARDIAN_AND_STUDENT,
        Outcome.SPOKE_OTHER_ADULT,
        Outcome.REFUSED_TO_TALK,
        Outcome.LANGUAGE_BARRIER,
        Outcome.MEETING_NO_SHOW,
        Outcome.CANCELLED,
        Outcome.VISIT_ABANDONED_SAFETY,
    ),
    Method.OTHER: tuple(Outcome),
}
"""Which outcomes a form offers for a method, the likeliest first. Ours: no source gives one."""

GRADES: tuple[str, ...] = (
    *("IT", "PR", "PK", "TK", "KG"),
    *(f"{grade:02d}" for grade in range(1, 14)),
    *("PS", "UG"),
)
"""CEDS Entry Grade Level codes, youngest first. A school's other word is kept as it is."""
