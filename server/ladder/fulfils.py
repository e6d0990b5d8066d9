"""Pure: which logged contacts do what a step's action asks for. Derived, never copied.

The table below is the whole rule. An attempt counts where the law speaks of an effort or of an
attempt to notify; a talk or a meeting counts when it took place. A call to a dead number, a
letter that came back and what was cancelled count for nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from schemas.people import Role
from schemas.vocabulary import OUTCOME_FACTS, Method, Outcome, Party
from server.ladder.law import Action

LETTERS = frozenset({Method.LETTER_MAIL, Method.LETTER_CERTIFIED, Method.LETTER_PERSONAL_SERVICE})
MEETINGS = frozenset({Method.SCHOOL_MEETING, Method.VIRTUAL_MEETING})
CONFERENCES = MEETINGS | {Method.STUDENT_CONFERENCE, Method.HOME_VISIT}
TALKS = CONFERENCES | {Method.PHONE_CALL, Method.COMMUNITY_VISIT}

DELIVERY: Mapping[str, frozenset[Method]] = {
    "mail": frozenset({Method.LETTER_MAIL, Method.LETTER_CERTIFIED}),
    "personal_service": frozenset({Method.LETTER_PERSONAL_SERVICE}),
    "email": frozenset({Method.EMAIL}),
    "phone_call": frozenset({Method.PHONE_CALL}),
}
"""Which contacts deliver a notice by the ways that a ladder names (``delivery``)."""

TRUANCY_TEAM = frozenset({Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER, Role.COORDINATOR})
ROLES: Mapping[str, frozenset[Role]] = {
    "truancy_team": TRUANCY_TEAM,
    "social_worker": frozenset({Role.SOCIAL_WORKER}),
}
"""Whose contacts do an action that a ladder gives to somebody (``by``). Who is not named here may
be anybody: a school's own staff often have the team's callers telephone for them."""


class Rule(Struct, frozen=True, kw_only=True):
    """What a contact must be to do an action of one kind."""

    methods: frozenset[Method]
    must_reach: bool = False
    """Somebody must have been spoken with, not only tried."""
    must_be_held: bool = False
    """The meeting must have taken place."""
    must_name_causes: bool = False


RULES: Mapping[str, Rule] = {
    "robo_call": Rule(methods=frozenset({Method.ROBO_CALL})),
    "phone_call": Rule(methods=frozenset({Method.PHONE_CALL})),
    "notice": Rule(methods=LETTERS | {Method.EMAIL}),
    "written_notice": Rule(methods=LETTERS),
    "outreach": Rule(methods=TALKS),
    "talk": Rule(methods=TALKS, must_reach=True),
    "parent_meeting": Rule(methods=MEETINGS, must_be_held=True),
    "attendance_team_meeting": Rule(methods=MEETINGS, must_be_held=True),
    "root_cause_assessment": Rule(methods=frozenset(Method), must_name_causes=True),
    "conscientious_effort_conference": Rule(methods=CONFERENCES),
}
"""By an action's kind. A kind that is not here (a plan, a report, a referral) is only ever done
when a person says so (``presente ladder done``)."""

_VOID = frozenset({outcome for outcome, facts in OUTCOME_FACTS.items() if facts.suppresses_channel})
_NOT_DONE = _VOID | {Outcome.CANCELLED}
_HELD = frozenset({Outcome.MEETING_HELD}) | {
    outcome for outcome, facts in OUTCOME_FACTS.items() if facts.success
}
_NO_CAUSE = frozenset({"not_disclosed", "not_yet_known"})
_BOTH = Outcome.SPOKE_GUARDIAN_AND_STUDENT


class Contacted(Struct, frozen=True, kw_only=True):
    """A contact, as far as an action may ask for it."""

    on_date: date
    method: str
    outcome: str
    party: str = ""
    by_role: str = ""
    causes: Sequence[str] = ()


def done_on(action: Action, contacts: Iterable[Contacted], *, band: str = "") -> list[date]:
    """Return the dates on which contacts did what the action asks for, sorted.

    ``band`` is the student's (``levels.band_of``): a talk may have to be had with the student too.
    Then it is done when each has been spoken with, in one contact or in several.
    """
    fitting = sorted(
        (one for one in contacts if fits(action, one)), key=lambda one: (one.on_date, one.method)
    )
    partners = _partners(action, band)
    if not partners:
        return [one.on_date for one in fitting]
    dates = {one.on_date for one in fitting}
    return sorted(
        day
        for day in dates
        if all(
            any(_was_with(one, who) and one.on_date <= day for one in fitting) for who in partners
        )
    )


def fits(action: Action, contact: Contacted) -> bool:
    """Tell whether a contact does what the action asks for, whoever was spoken with."""
    rule = RULES.get(action.kind)
    if rule is None or contact.outcome in _NOT_DONE or contact.method not in _methods(action, rule):
        return False
    roles = ROLES.get(action.by)
    if roles is not None and contact.by_role and contact.by_role not in roles:
        return False
    if rule.must_name_causes and not set(contact.causes) - _NO_CAUSE:
        return False
    if rule.must_be_held and contact.outcome not in _HELD:
        return False
    # A notice by telephone is given when somebody was told; one in writing when it was sent.
    is_told = contact.method == Method.PHONE_CALL and action.kind in {"notice", "written_notice"}
    return contact.outcome in _HELD or not (rule.must_reach or is_told)


def _methods(action: Action, rule: Rule) -> frozenset[Method]:
    if not action.delivery:
        return rule.methods
    return frozenset[Method]().union(*(DELIVERY.get(way, frozenset()) for way in action.delivery))


def _partners(action: Action, band: str) -> list[str]:
    told = action.parties(band)
    if told:
        return told
    # Of a student whose grade is not known, only what every grade asks for is asked for.
    known = [set(partners) for partners in action.talk_with.values()]
    return sorted(known[0].intersection(*known[1:])) if known else []


def _was_with(contact: Contacted, who: str) -> bool:
    if contact.outcome == _BOTH:
        return True
    if who == "student":
        return contact.party == Party.STUDENT or contact.outcome == Outcome.SPOKE_STUDENT
    return contact.party == Party.GUARDIAN or contact.outcome == Outcome.SPOKE_GUARDIAN
