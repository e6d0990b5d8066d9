"""Every figure of the district that is counted on paper (``paper.py``)."""

from tests.server.snapshot.paper import Paper

COUNTED = {
    "contacts_or_attempts": 33,
    "contact_events": 32,
    "students_attempted": 12,
    "schools": 4,
    "schools_elementary": 1,
    "schools_middle": 1,
    "schools_high": 2,
    "band_1": 7,
    "band_2_5": 3,
    "band_6_10": 1,
    "band_over_10": 1,
    "reached": 10,
    "never_reached": 2,
    "never": 2,
    "left": 1,
    "data": 2,
    "analysed": 7,
    "data_no_sis_match": 0,
    "data_no_enrollment": 1,
    "data_no_calendar": 0,
    "data_no_attendance": 0,
    "data_duplicate_student": 1,
    "data_enrolled_twice": 0,
    "moved_within": 1,
    "baseline": 7,
    "not_analysed_baseline": 0,
    "early_signs": 1,
    "habitual_at_first_contact": 0,
    "not_habitual": 6,
    "not_habitual_of_attempted": 6,
    "habitual": 1,
    # S01 3, S02 10, S03 2.5, S04 1, S06 4, S07 2, S08 3, S10 5, S12 1, S13 1, S14 7
    "unexcused_total": 40,
    "unexcused_total_before": 35,
    "unexcused_fewer": -5,
    "mean_elementary": 0.5,
    "mean_elementary_before": 0,
    "mean_middle": 3.5,
    "mean_middle_before": 4,
    # 35 of S01, S02, S06, S08, S10, S11, S14: S07 left, S13 graduated
    "mean_high": 5.0,
    "mean_high_before": 10.3,
    "district_habitual_rate": None,
}


def test_every_figure_is_what_was_counted_on_paper(paper: Paper) -> None:
    assert paper.values() == COUNTED
