"""One sentence for a family, for every metric and window, in English and Spanish."""

from datetime import date

import pytest

from server.attendance.rules.days import DayTotal
from server.ladder import catalog
from server.ladder.law import Ladder, Step, Words
from server.ladder.rules.inputs import Climb, State, Status
from server.ladder.words import amounts, en, es, said
from server.ladder.words import rules as rule_words
from server.ladder.words.told import Told

SEPTEMBER, MARCH = date(2025, 9, 3), date(2026, 3, 1)
DAY = 840


def step(ladder: str, key: str) -> Step:
    found = catalog.get(ladder).step(key)
    assert found is not None
    return found


def told(of: Step, value: int, *dates: date, **more: object) -> Told:
    fields = {"step": of, "school_year": "2025-26", "value": value, "dates": dates, **more}
    return Told(**fields)  # type: ignore[arg-type]  # told by name, as tests like it


FIVE = step("aps-2014", "early_intervention_5")
CASES = {
    "days": (
        told(FIVE, 4620, SEPTEMBER, MARCH, says=Words(en="We call.", es="Llamamos.")),
        (
            "5½ days missed without an excuse in the school year 2025-26, "
            "from September 3, 2025 to March 1, 2026. We call."
        ),
        (
            "5½ días de falta sin justificación en el año escolar 2025-26, "
            "del 3 de septiembre de 2025 al 1 de marzo de 2026. Llamamos."
        ),
    ),
    "one day": (
        told(FIVE, DAY, SEPTEMBER),
        "1 day missed without an excuse in the school year 2025-26, on September 3, 2025.",
        "1 día de falta sin justificación en el año escolar 2025-26, el 3 de septiembre de 2025.",
    ),
    "a share": (
        told(
            step("nm-afsa", "early_intervention"),
            1200,
            SEPTEMBER,
            MARCH,
            missed=12 * DAY,
            enrolled=100 * DAY,
        ),
        "12 of 100 school days missed for whatever reason (12 %) in the school year 2025-26.",
        "12 de 100 días de clase con falta por el motivo que sea (12 %) en el año escolar 2025-26.",
    ),
    "a share cut off": (
        told(step("ca-sarb", "chronic_truant"), 0, missed=1050, enrolled=13 * DAY),
        "1.25 of 13 school days missed without an excuse (9.6 %) in the school year 2025-26.",
        "1,25 de 13 días de clase con falta sin justificación (9,6 %) en el año escolar 2025-26.",
    ),
    "occasions": (
        told(step("ca-sarb", "truant_1"), 3, SEPTEMBER, MARCH, minutes=30),
        (
            "3 times absent for a day, or late or absent for more than 30 minutes, without "
            "an excuse in the school year 2025-26, from September 3, 2025 to March 1, 2026."
        ),
        (
            "3 ocasiones de falta de un día, o de retraso o ausencia de más de 30 minutos, "
            "sin justificación en el año escolar 2025-26, "
            "del 3 de septiembre de 2025 al 1 de marzo de 2026."
        ),
    ),
    "weeks": (
        told(step("tx-tpm", "warning_3in4w"), 3 * DAY, date(2026, 2, 9), MARCH),
        (
            "3 days of which all or a part was missed without an excuse in the four weeks up to "
            "March 1, 2026, from February 9, 2026 to March 1, 2026."
        ),
        (
            "3 días con falta, entera o en parte, sin justificación en las cuatro semanas hasta el "
            "1 de marzo de 2026, del 9 de febrero de 2026 al 1 de marzo de 2026."
        ),
    ),
    "months": (
        told(step("tx-tpm", "referral_10in6m"), 10 * DAY, SEPTEMBER, MARCH),
        (
            "10 days of which all or a part was missed without an excuse in the six months up to "
            "March 1, 2026, from September 3, 2025 to March 1, 2026."
        ),
        (
            "10 días con falta, entera o en parte, sin justificación en los seis meses hasta el "
            "1 de marzo de 2026, del 3 de septiembre de 2025 al 1 de marzo de 2026."
        ),
    ),
    "since a notice": (
        told(step("aps-2014", "jpo_report"), 420, MARCH, since=date(2026, 2, 2)),
        "½ day missed without an excuse since the notice of February 2, 2026, on March 1, 2026.",
        (
            "½ día de falta sin justificación desde el aviso del 2 de febrero de 2026, "
            "el 1 de marzo de 2026."
        ),
    ),
    "since a step": (
        told(step("ca-sarb", "truant_2"), 1, MARCH, since=date(2026, 2, 2), minutes=30),
        (
            "1 time absent for a day, or late or absent for more than 30 minutes, without "
            "an excuse since February 2, 2026, on March 1, 2026."
        ),
        (
            "1 ocasión de falta de un día, o de retraso o ausencia de más de 30 minutos, "
            "sin justificación desde el 2 de febrero de 2026, el 1 de marzo de 2026."
        ),
    ),
    "reports": (
        told(step("ca-sarb", "habitual"), 3, SEPTEMBER, MARCH),
        "3 reports of truancy in the school year 2025-26, from September 3, 2025 to March 1, 2026.",
        (
            "3 informes de ausentismo en el año escolar 2025-26, "
            "del 3 de septiembre de 2025 al 1 de marzo de 2026."
        ),
    ),
    "hours": (
        told(Step(key="red_line", metric="unexcused", unit="hour"), 2430, MARCH),
        (
            "40 hours 30 minutes missed without an excuse in the school year 2025-26, "
            "on March 1, 2026."
        ),
        (
            "40 horas 30 minutos de falta sin justificación en el año escolar 2025-26, "
            "el 1 de marzo de 2026."
        ),
    ),
    "in a row": (
        told(Step(key="row", metric="consecutive", unit="day"), 3 * DAY, SEPTEMBER, MARCH),
        (
            "3 days in a row missed without an excuse in the school year 2025-26, "
            "from September 3, 2025 to March 1, 2026."
        ),
        (
            "3 días seguidos de falta sin justificación en el año escolar 2025-26, "
            "del 3 de septiembre de 2025 al 1 de marzo de 2026."
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_family_can_read_why_in_english_and_spanish(name: str) -> None:
    case, english, spanish = CASES[name]

    assert en.sentence(case) == f"The school's records show {english}"
    assert es.sentence(case) == f"Según los registros de la escuela, hay {spanish}"


@pytest.mark.parametrize("ladder", catalog.ladders().values(), ids=lambda ladder: ladder.key)
def test_nothing_missed_is_said_in_a_sentence_too(ladder: Ladder) -> None:
    for one in (one for one in ladder.steps if one.has_threshold):
        assert en.sentence(told(one, 0)).startswith("The school's records show no ")
        assert es.sentence(told(one, 0)).startswith("Según los registros de la escuela, no ")


def test_nothing_in_a_window_is_not_a_year_without_absences() -> None:
    for one in (step("tx-tpm", "warning_3in4w"), step("aps-2014", "jpo_report")):
        assert "2025-26" not in en.sentence(told(one, 0)) + es.sentence(told(one, 0))
    board = told(step("ca-sarb", "sarb_referral"), 0, says=Words(en="We meet.", es="Nos vemos."))
    assert en.sentence(board) == "This step follows another and counts no absences. We meet."
    assert es.sentence(board) == "Este paso sigue a otro y no cuenta faltas. Nos vemos."


def test_occasions_are_told_up_to_the_last() -> None:
    state = State(
        step="truant_1",
        status=Status.MET,
        crossed_on=SEPTEMBER,
        value=3,
        value_now=4,
        dates=(SEPTEMBER,),
    )
    days = tuple(DayTotal(on_date=day, units={}, is_occasion=True) for day in (SEPTEMBER, MARCH))
    found = Climb(states=(state,), days=days)
    sentence = said.sentence(catalog.get("ca-sarb"), found, "2025-26", step="truant_1")
    assert "4 times" in sentence.en
    assert "from September 3, 2025 to March 1, 2026" in sentence.en


def test_a_step_that_is_barred_or_decided_against_threatens_nobody() -> None:
    tx = catalog.get("tx-tpm")
    words_of_court = step("tx-tpm", "referral_10in6m").words
    assert words_of_court is not None

    def says(status: Status, decision: str = "") -> str:
        state = State(
            step="referral_10in6m",
            status=status,
            crossed_on=MARCH,
            value=10,
            value_now=10,
            dates=(SEPTEMBER, MARCH),
            decision=decision,
        )
        found = Climb(states=(state,), days=())
        return said.sentence(tx, found, "2025-26", step="referral_10in6m").en

    assert words_of_court.en in says(Status.TO_DECIDE)
    assert words_of_court.en in says(Status.DECIDED, "approved")
    assert words_of_court.en not in says(Status.DECIDED, "declined")
    barred = says(Status.BLOCKED)
    assert barred.endswith("For now this step does not apply to this student.")
    assert words_of_court.en not in barred


def test_a_rule_is_told_in_words() -> None:
    assert rule_words.in_english(FIVE) == "From 5 days missed without an excuse in a school year on"
    assert rule_words.in_spanish(step("tx-tpm", "warning_3in4w")) == (
        "A partir de 3 días con falta, entera o en parte, sin justificación en 4 semanas"
    )
    assert rule_words.in_english(step("nm-afsa", "early_intervention")) == (
        "From 10 to below 20 percent of the school days enrolled missed for whatever reason "
        "in a school year on"
    )
    assert "50 %" in rule_words.day_rule(catalog.get("aps-2014"))
    for ladder in catalog.ladders().values():
        assert rule_words.day_rule(ladder).endswith(".")


def test_shares_of_a_day_are_written_as_each_language_does() -> None:
    assert (amounts.days_en(280), amounts.days_es(280)) == ("0.33 days", "0,33 días")
    assert (amounts.days_en(840), amounts.days_es(420)) == ("1 day", "½ día")
