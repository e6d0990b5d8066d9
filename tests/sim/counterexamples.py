"""Stories that once went wrong, cut short: a run found them, and they are told for ever after."""

from schemas.people import Role
from tests.sim.stories import Story

COUNTEREXAMPLES = {
    "a decision lies over the row it is about": Story(
        ("ana", "ben", "cai", "dora"),
        [
            ("corrects_a_number", {"p": 6, "which": 6, "value": "505-555-0102"}),
            ("file_changes_a_number", {"which": 8, "value": "505-555-0100"}),
            ("exchanges", {"p": 6, "limit": 400, "most": 2}),
            ("corrects_a_number", {"p": 2, "which": 5, "value": "505-555-0101"}),
            ("decides", {"p": 2, "which": 7, "choice": "theirs"}),
        ],
    ),
    "two fields of one edit are held in two conflicts": Story(
        ("ana", "ben", "cai", "dora"),
        [
            ("visits", {"outcome": "no_answer", "p": 6, "which": 8}),
            ("amends", {"causes": [], "outcome": "voicemail_left", "p": 6, "which": 9}),
            ("is_reassigned", {"which": 3, "who": "ana"}),
            ("delivers_while_locked", {"p": 2}),
            ("exchanges", {"limit": 131072, "most": 2, "p": 8}),
            ("amends", {"causes": [], "outcome": "no_answer", "p": 8, "which": 5}),
            (
                "amends",
                {
                    "causes": ["health_illness", "transport_no_bus"],
                    "outcome": "spoke_guardian",
                    "p": 0,
                    "which": 4,
                },
            ),
        ],
    ),
    "a call is claimed, told of and completed in one push": Story(
        ("ana", "ben", "cai", "dora"),
        [
            ("asks_for_a_call", {"p": 3, "which": 7}),
            ("syncs", {"p": 7}),
            ("takes_a_call", {"p": 1, "which": 9, "op": "task.claim"}),
            ("visits", {"p": 1, "which": 9, "outcome": "no_answer"}),
            ("is_cloned", {"p": 8}),
            ("makes_a_call", {"p": 6, "which": 5, "op": "task.complete"}),
            ("role_changes", {"role": Role.CALLER}),
            ("is_reassigned", {"which": 7, "who": "cai"}),
        ],
    ),
    "a call is completed before it is told of, in one push": Story(
        ("ana", "ben", "dora", "eva"),
        [
            ("asks_for_a_call", {"p": 3, "which": 4}),
            ("syncs", {"p": 3}),
            ("role_changes", {"role": Role.CALLER}),
            ("syncs", {"p": 1}),
            ("takes_a_call", {"p": 1, "which": 0, "op": "task.claim"}),
            ("syncs", {"p": 1}),
            ("makes_a_call", {"p": 1, "which": 0, "op": "task.complete"}),
            ("visits", {"p": 1, "which": 1, "outcome": "spoke_guardian"}),
        ],
    ),
    "an own root whose conflict may be shown again is told to differ, once": Story(
        ("ana", "cai", "eva"),
        [
            ("edits_from_memory", {"p": 1, "which": 9, "value": "505-555-0102"}),
            ("syncs", {"p": 1}),
            ("sibling_is_found", {"one": 9, "other": 3}),
            ("compares_what_it_holds", {"p": 1, "rots": True, "which": 0}),
        ],
    ),
    "what was shown in another life only is not decided over": Story(
        ("ana", "ben", "dora", "eva"),
        [
            ("corrects_a_number", {"p": 5, "which": 2, "value": "505-555-0102"}),
            ("edits_from_memory", {"p": 2, "which": 2, "value": "505-555-0103"}),
            ("sends", {"p": 1, "limit": 2000, "most": 100}),
            ("server_takes", {"which": 6, "again": True, "fault": 0}),
            ("syncs", {"p": 6}),
            ("edits_from_memory", {"p": 9, "which": 2, "value": "505-555-0103"}),
            ("corrects_a_number", {"p": 5, "which": 9, "value": "505-555-0102"}),
            ("backup_is_made", {}),
            ("syncs", {"p": 9}),
            ("decides", {"p": 7, "which": 1, "choice": "mine"}),
            ("backup_is_restored", {}),
            ("delivers_while_locked", {"p": 7}),
        ],
    ),
    "causes go on where a refused edit left them": Story(
        ("ana", "ben", "dora", "eva"),
        [
            ("visits", {"p": 1, "which": 4, "outcome": "spoke_guardian"}),
            ("is_cloned", {"p": 1}),
            (
                "amends",
                {"p": 6, "which": 6, "outcome": "no_answer", "causes": ["transport_no_bus"]},
            ),
            (
                "amends",
                {
                    "p": 1,
                    "which": 2,
                    "outcome": "spoke_guardian",
                    "causes": ["health_illness", "transport_no_bus"],
                },
            ),
        ],
    ),
    "an author goes back to what is in force of his own visit, which was withdrawn": Story(
        ("ana", "ben", "dora", "eva"),
        [
            ("visits", {"p": 9, "which": 4, "outcome": "no_answer"}),
            ("is_cloned", {"p": 9}),
            ("exchanges", {"p": 1, "limit": 400, "most": 2}),
            (
                "amends_at_the_desk",
                {"p": 6, "which": 2, "outcome": "spoke_guardian", "causes": ["transport_no_bus"]},
            ),
            ("amends", {"p": 1, "which": 8, "outcome": "spoke_guardian", "causes": []}),
            ("contact_is_withdrawn", {"which": 3}),
            ("assigns", {"p": 2, "which": 7, "who": "cai"}),
            ("delivers_while_locked", {"p": 7}),
        ],
    ),
}
