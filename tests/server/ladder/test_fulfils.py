"""Which logged contacts do what a step asks for."""

from datetime import date

import pytest

from schemas.vocabulary import Method, Outcome, Party
from server.ladder import catalog, fulfils
from server.ladder.fulfils import Contacted
from server.ladder.law import Action

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
WRITTEN = Action(kind="written_notice", delivery=["mail", "personal_service"])


def contact(
    method: Method,
    outcome: Outcome,
    *,
    on: date = MONDAY,
    party: Party = Party.NONE,
    role: str = "advisor",
    causes: tuple[str, ...] = (),
) -> Contacted:
    return Contacted(
        on_date=on, method=method, outcome=outcome, party=party, by_role=role, causes=causes
    )


@pytest.mark.parametrize(
    ("action", "method", "outcome", "is_done"),
    [
        (WRITTEN, Method.LETTER_CERTIFIED, Outcome.MAIL_SENT, True),
        (WRITTEN, Method.LETTER_PERSONAL_SERVICE, Outcome.SPOKE_GUARDIAN, True),
        (WRITTEN, Method.LETTER_MAIL, Outcome.MAIL_RETURNED, False),
        (WRITTEN, Method.EMAIL, Outcome.DELIVERED_NO_REPLY, False),
        (WRITTEN, Method.PHONE_CALL, Outcome.SPOKE_GUARDIAN, False),
        (Action(kind="notice"), Method.EMAIL, Outcome.DELIVERED_NO_REPLY, True),
        (Action(kind="notice"), Method.PHONE_CALL, Outcome.SPOKE_GUARDIAN, False),
        (
            Action(kind="notice", delivery=["email", "phone_call", "mail"]),
            Method.PHONE_CALL,
            Outcome.SPOKE_GUARDIAN,
            True,
        ),
        (
            Action(kind="notice", delivery=["email", "phone_call", "mail"]),
            Method.PHONE_CALL,
            Outcome.VOICEMAIL_LEFT,
            False,
        ),
        (Action(kind="phone_call", by="school_staff"), Method.PHONE_CALL, Outcome.NO_ANSWER, True),
        (Action(kind="phone_call"), Method.PHONE_CALL, Outcome.NUMBER_DISCONNECTED, False),
        (Action(kind="robo_call", by="system"), Method.ROBO_CALL, Outcome.VOICEMAIL_LEFT, True),
        (Action(kind="parent_meeting"), Method.SCHOOL_MEETING, Outcome.MEETING_HELD, True),
        (Action(kind="parent_meeting"), Method.SCHOOL_MEETING, Outcome.MEETING_NO_SHOW, False),
        (
            Action(kind="conscientious_effort_conference"),
            Method.SCHOOL_MEETING,
            Outcome.MEETING_NO_SHOW,
            True,
        ),
        (Action(kind="talk"), Method.HOME_VISIT, Outcome.NO_ONE_HOME_NOTE_LEFT, False),
        (Action(kind="agency_report"), Method.HOME_VISIT, Outcome.SPOKE_GUARDIAN, False),
    ],
)
def test_an_attempt_a_talk_and_a_letter_are_told_apart(
    action: Action, method: Method, outcome: Outcome, *, is_done: bool
) -> None:
    assert bool(fulfils.done_on(action, [contact(method, outcome)])) is is_done


def test_the_teams_outreach_is_done_by_the_team() -> None:
    outreach = Action(kind="outreach", by="truancy_team")
    visit = contact(Method.HOME_VISIT, Outcome.NO_ONE_HOME_NOTE_LEFT)

    assert fulfils.done_on(outreach, [visit]) == [MONDAY]
    by_clerk = contact(Method.PHONE_CALL, Outcome.SPOKE_GUARDIAN, role="clerk")
    assert fulfils.done_on(outreach, [by_clerk]) == []


def test_a_root_cause_is_assessed_when_a_contact_names_one() -> None:
    assess = Action(kind="root_cause_assessment", by="truancy_team")
    said = contact(Method.HOME_VISIT, Outcome.SPOKE_GUARDIAN, causes=("transportation",))
    unsaid = contact(Method.HOME_VISIT, Outcome.SPOKE_GUARDIAN, causes=("not_disclosed",))

    assert fulfils.done_on(assess, [said]) == [MONDAY]
    assert fulfils.done_on(assess, [unsaid]) == []


def test_with_older_students_the_talk_is_had_with_both() -> None:
    step = catalog.get("nm-afsa").step("individualized_prevention")
    assert step is not None
    talk = step.actions[0]
    mother = contact(Method.PHONE_CALL, Outcome.SPOKE_GUARDIAN, party=Party.GUARDIAN)
    student = contact(Method.SCHOOL_MEETING, Outcome.SPOKE_STUDENT, on=TUESDAY)
    both = contact(Method.HOME_VISIT, Outcome.SPOKE_GUARDIAN_AND_STUDENT)

    assert fulfils.done_on(talk, [mother], band="elementary") == [MONDAY]
    assert fulfils.done_on(talk, [mother], band="high") == []
    assert fulfils.done_on(talk, [student, mother], band="middle") == [TUESDAY]
    assert fulfils.done_on(talk, [both], band="high") == [MONDAY]
    assert fulfils.done_on(talk, [mother]) == [MONDAY]


def test_every_action_of_every_ladder_is_either_derived_or_told_by_a_person() -> None:
    told = {
        *("attendance_success_plan", "agency_report", "intervention_plan", "specialized_supports"),
        *("report_to", "referral", "tpm"),
    }
    kinds = {
        action.kind
        for ladder in catalog.ladders().values()
        for step in ladder.steps
        for action in step.actions
    }

    assert kinds <= told | fulfils.RULES.keys()
