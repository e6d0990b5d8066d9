"""Pure: what a cut column name means, word by word: ``Stu Nbr``, ``SCHCD``, ``Dt of Birth``.

Good enough to suggest by, where a person confirms it; nothing is taken in by it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from server.intake.columns.synonyms import SYNONYMS, columns_of

Words: TypeAlias = tuple[str, ...]

_SHORT: Mapping[str, str] = {
    "student": "stu std stud stdnt studnt pupil pup",
    "school": "sch schl scl skl",
    "number": "nbr num no nr nmbr numb",
    "id": "ident identifier",
    "code": "cd cde",
    "absence": "abs absn absnc",
    "attendance": "att attd attn attnd atnd attend attendan",
    "date": "dt dte",
    "period": "prd per pd perd hr",
    "reason": "rsn reas reasn",
    "birth": "bth brth bir born",
    "grade": "grd gr grde",
    "level": "lvl lev",
    "first": "fst frst fname given",
    "last": "lst lname surname sname",
    "middle": "mid mdl midl mname",
    "initial": "init",
    "name": "nm nam nme",
    "guardian": "gdn grdn guard gard parent par prnt",
    "phone": "ph phn phne tel telephone",
    "language": "lang lng lan",
    "enrollment": "enr enrl enroll enrol enrolment",
    "entry": "ent entr enter",
    "exit": "ext exi",
    "withdraw": "wd wdrw wdraw withd withdrw withdrawal withdrawn",
    "address": "addr adr addrs",
    "relation": "rel reltn relat relationship",
    "description": "desc dsc descr descrip",
    "location": "loc locn",
    "building": "bldg bld",
    "campus": "cmp camp",
    "year": "yr",
    "type": "typ tp",
    "category": "cat catg categ",
    "status": "stat sts",
    "minutes": "min mins minute",
    "calendar": "cal cald",
    "event": "evt evnt",
    "start": "strt begin beg bgn",
    "end": "ending",
    "contact": "cont cntct cnt ctc",
    "primary": "prim prm",
    "emergency": "emer emerg emrg",
    "local": "lcl locl",
    "home": "hm hme",
    "work": "wk wrk bus business",
    "cell": "cel cellular",
    "mobile": "mob mobl",
    "email": "eml mail",
    "street": "str",
    "apartment": "apt aptmt",
    "city": "cty",
    "zip": "zp",
    "interpreter": "interp intrp",
    "comment": "cmt cmnt comm",
    "note": "nte",
    "modified": "mod modif chg chgd changed upd updated update",
    "section": "sect sec",
    "class": "cls clss course crs",
    "bell": "bel",
    "portion": "port prtn",
    "preferred": "pref prefd",
    "suffix": "sfx suf suff",
    "sequence": "seq",
    "priority": "prio prty",
    "instructional": "instr inst",
    "organization": "org orgn",
    "transfer": "trans xfer",
    "perm": "permanent prmn",
    "system": "sys",
    "state": "",
    "sis": "",
    "site": "",
    "legal": "",
    "day": "",
    "duration": "dur",
    "leave": "lv leaving",
    "current": "cur curr",
    "academic": "acad",
}
_MEANT: Mapping[str, str] = {
    short: word for word, shorts in _SHORT.items() for short in (word, *shorts.split())
}
_WHOLE: Mapping[str, Words] = {
    "dob": ("birth", "date"),
    "bdate": ("birth", "date"),
    "bday": ("birth", "date"),
    "mi": ("middle", "initial"),
    "fn": ("first", "name"),
    "ln": ("last", "name"),
    "fnm": ("first", "name"),
    "lnm": ("last", "name"),
    "sy": ("school", "year"),
}
"""What only stands for something as a word of its own."""
_FILLING = frozenset({"of", "the", "to", "for", "a", "in", "s", "current"})
_OF_A_NAME = frozenset({"first", "last", "middle"})
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MORE: Mapping[str, Mapping[str, str]] = {
    "students": {"middle_name": "middleinitial studentmiddlename studentmiddleinitial"},
    "guardians": {
        "relation": "relationstudent guardianrelation contactrelation",
        "language": "guardianlanguage contactlanguage",
        "home_phone": "guardianphone contactphone guardianhomephone",
        "mobile_phone": "guardiancellphone guardianmobilephone contactcellphone",
        "work_phone": "guardianworkphone",
        "email": "guardianemail contactemail",
        "street": "guardianaddress homeaddress",
    },
    "attendance": {
        "code": "absencereasoncode attendancestatuscode absencecategory",
        "period": "classperiod attendanceperiod absenceperiod periodcode",
        "reason": "attendancereason absencecomment absencenote attendancenote",
        "minutes": "absenceminutes attendanceminutes",
        "updated_at": "modified lastmodified modifieddate lastmodifieddate",
    },
    "enrollments": {
        "grade": "studentgrade studentgradelevel",
        "entry_date": "schoolentrydate enrollmententrydate",
        "exit_date": "schoolexitdate enrollmentexitdate",
        "exit_reason": "withdrawcode exittype withdrawtype leavetype",
    },
}
"""What is only clear word by word."""


def likely_columns(shape: str, header: Sequence[str]) -> dict[str, str]:
    """Return which column of a header is likely which field of a table, by whole or cut names."""
    found = columns_of(shape, header)
    by_words: dict[frozenset[str], str] = {}
    for name in reversed(header):
        if name not in found.values():
            by_words[_sense(name)] = name
    for field, senses in _senses(shape).items():
        if field in found:
            continue
        column = next((by_words[one] for one in senses if one in by_words), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


@cache
def _senses(shape: str) -> Mapping[str, Sequence[frozenset[str]]]:
    more = _MORE.get(shape, {})
    return {
        field: [_sense(name) for name in (*names, *more.get(field, "").split())]
        for field, names in SYNONYMS[shape].items()
    }


def _sense(name: str) -> frozenset[str]:
    """Return the words that a name is made of, in no order; without those that say nothing."""
    words = {word for piece in _PIECES.findall(name) for word in _words_in(piece.casefold())}
    words -= _FILLING
    return frozenset(words - {"name"} if words & _OF_A_NAME else words)


def _words_in(piece: str) -> Words:
    """Return what a run of letters says: one word, or several written together."""
    if piece in _WHOLE:
        return _WHOLE[piece]
    if piece in _MEANT:
        return (_MEANT[piece],)
    if piece.removesuffix("s") in _MEANT:
        return (_MEANT[piece.removesuffix("s")],)
    cut = _cut(piece)
    return cut if cut is not None else (piece,)


def _cut(piece: str) -> Words | None:
    """Return the fewest known words that a run of letters is made of; None: it is not."""
    best: list[Words | None] = [()]
    for end in range(1, len(piece) + 1):
        best.append(min(_ending(piece, end, best), key=len, default=None))
    return best[-1]


def _ending(piece: str, end: int, best: Sequence[Words | None]) -> Iterator[Words]:
    for begin in range(end - 1):
        before, word = best[begin], _MEANT.get(piece[begin:end])
        if before is not None and word is not None:
            yield (*before, word)
