"""Presente's own tables (CSV or sheets of a workbook), recognised by the names of their columns."""

from collections.abc import Iterator, Mapping, Sequence

from server.intake.columns import tables
from server.intake.columns.orders import Asked, Order, said_now
from server.intake.columns.shapes import SHAPES, Shape, loosely, own_names, shapes_of
from server.intake.columns.tables import Known
from server.intake.formats import Reader, Scope, Sink, Source, Table
from server.intake.records import Origin
from server.intake.words.refusals import sentence
from server.intake.words.saying import Both, why


def find(sources: Sequence[Source], *, order: Asked = None, school_year: str = "") -> list[Reader]:
    """Return a reader of the sources that hold at least one of Presente's own tables.

    ``order`` of day and month in dates that are not ISO; None: each file must tell it. What was
    said before is not asked for: these tables have ISO dates, whoever fills them in otherwise is no
    source with a custom, and all of them have the same columns.
    ``school_year``: of enrolments that do not tell it.
    """
    reader = PresenteReader(sources, said_now(order), school_year)
    return [reader] if reader.sources else []


def calendars(sources: Sequence[Source]) -> Iterator[Known]:
    """Yield the calendars among the sources."""
    for source in sources:
        for table in source.tables() if source.kind == "table" else ():
            shapes = shapes_of(own_names(table.header))
            if [shape.key for shape in shapes] == ["calendar"]:
                yield _known(source, table, shapes)


class PresenteReader:
    """Reads Presente's own tables."""

    format = "presente"
    scope = Scope(is_own=True)

    def __init__(
        self, sources: Sequence[Source], order: Order | None, school_year: str = ""
    ) -> None:
        self.sources: list[Source] = []
        self.skipped: Mapping[str, Both] = {}
        skipped: dict[str, Both] = {}
        self._found: list[tuple[Known, tuple[Shape, ...]]] = []
        for source in sources:
            if source.kind != "table":
                continue
            ours = [
                (table, shapes_of(own_names(table.header), school_year=school_year))
                for table in source.tables()
            ]
            if not any(shapes for _, shapes in ours):
                continue
            self.sources.append(source)
            for table, shapes in ours:
                if shapes:
                    known = _known(source, table, shapes, order, school_year)
                    self._found.append((known, shapes))
                else:
                    skipped[table.file] = sentence("no_own_columns")
        self._found.sort(key=lambda one: list(SHAPES).index(one[1][0].key))
        self.skipped = skipped

    def read(self, out: Sink) -> None:
        """Read schools first and attendance after the people it is of."""
        for known, shapes in self._found:
            _note_strangers(known, shapes, out)
            tables.read(known, out)


def _known(
    source: Source,
    table: Table,
    shapes: tuple[Shape, ...],
    order: Order | None = None,
    school_year: str = "",
) -> Known:
    fields = {name: name for shape in shapes for name in shape.names}
    constants = {"school_year": school_year} if school_year else {}
    return Known(
        table=table,
        shapes=tuple(shape.key for shape in shapes),
        columns=tables.columns_of(table.header, fields, constants=constants),
        order=order,
        has_comments=True,
        is_workbook=table.file != source.name,
    )


def _note_strangers(known: Known, shapes: tuple[Shape, ...], out: Sink) -> None:
    """Tell of columns that nobody reads: a mistyped name would lose them in silence."""
    ours = {name for shape in shapes for name in shape.names}
    header = [name for name in known.table.header if name]
    strange = [name for name in header if not {name.casefold(), loosely(name)} & ours]
    if strange:
        because = why("columns_unread", known=", ".join(sorted(ours)))
        out.note(_header(known).fault(", ".join(strange), "", because))
    if known.shapes == ("students",) and "school_id" in {name.casefold() for name in strange}:
        out.note(_header(known).fault("school_id", "", why("year_column_missing")))


def _header(known: Known) -> Origin:
    return Origin(file=known.table.file, line=known.table.header_line, element="header")
