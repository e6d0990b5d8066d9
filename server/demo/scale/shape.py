"""How large each scale is, and the published figures that ``programme`` has to come to."""

from random import Random

from msgspec import Struct

from server.demo.scale.model import Level

DAY_NUMBER = 120
HABITUAL, EARLY = 10, 5


class Shape(Struct, frozen=True, kw_only=True):
    """What is asked of an invented district before anybody is invented."""

    scale: str
    name: str
    schools: dict[Level, int]
    size: dict[Level, int]
    """Students in a school, about."""
    enrolled: int = 0
    """Students this year in all, exactly; 0: whatever the schools' sizes come to."""
    district_enrolled: int = 0
    """Enrolled in the whole district, schools that are not modelled included."""
    years: int = 2
    weeks_before: int = 52
    """The year before came in files of at most so many weeks: up to each calendar's day N, and the
    rest of it. A district that begins with a programme hands over the past in few large files."""
    bands: list[int]
    contacts: int
    never: int
    left: int
    data: int
    low: int
    mean: dict[Level, float]
    """Unexcused days for each student on the books on day N."""
    mean_before: dict[Level, float]
    fewer: int | None = None
    """Unexcused days fewer than the year before, in all schools; None: as it comes."""
    noise: int
    """Calls of the schools' own offices and robo-calls, which the snapshot leaves out."""

    @property
    def students(self) -> int:
        """Return how many were contacted or attempted."""
        return sum(self.bands)


def shape_of(scale: str, chance: Random) -> Shape:
    """Return the shape of a scale."""
    return {"small": _small, "programme": _programme, "district": _district}[scale](chance)


def _small(chance: Random) -> Shape:
    students = chance.randrange(52, 72)
    ones, many, most = students // 4, students // 6, students // 12
    bands = [ones, students - ones - many - most, many, most]
    never, left, data = chance.randrange(6, 10), chance.randrange(8, 13), chance.randrange(2, 4)
    return Shape(
        scale="small",
        name="Piñon Valley Public Schools (demo)",
        schools={"elementary": 1, "middle": 1, "high": 1},
        size={"elementary": 110, "middle": 120, "high": 170},
        district_enrolled=0,
        bands=bands,
        contacts=ones + 3 * bands[1] + 7 * many + 14 * most + chance.randrange(9),
        never=never,
        left=left,
        data=data,
        low=(students - never - left - data) * chance.randrange(45, 60) // 100,
        mean={"elementary": 3.4, "middle": 4.6, "high": 5.8},
        mean_before={"elementary": 3.6, "middle": 4.9, "high": 6.5},
        noise=30,
    )


def _programme(_chance: Random) -> Shape:
    """Return the published figures of the seed programme's 120th-day snapshot (domain.md 6.2)."""
    return Shape(
        scale="programme",
        name="Llano Alto Public Schools (demo)",
        schools={"elementary": 8, "middle": 7, "high": 8},
        size={"elementary": 540, "middle": 720, "high": 1350},
        district_enrolled=93_001,
        bands=[626, 1050, 380, 178],
        contacts=10_008,
        never=329,
        left=500,
        data=37,
        low=698,
        mean={"elementary": 3.5, "middle": 5.2, "high": 5.5},
        mean_before={"elementary": 3.9, "middle": 5.7, "high": 6.6},
        fewer=16_216,
        noise=1_200,
    )


def _district(_chance: Random) -> Shape:
    return Shape(
        scale="district",
        name="Llano Alto Public Schools (demo, whole district)",
        schools={"elementary": 86, "middle": 28, "high": 26},
        size={"elementary": 520, "middle": 680, "high": 1120},
        enrolled=93_001,
        district_enrolled=93_001,
        years=1,
        bands=[160, 260, 95, 45],
        contacts=2_500,
        never=82,
        left=125,
        data=9,
        low=175,
        mean={"elementary": 2.3, "middle": 3.1, "high": 4.4},
        mean_before={},
        noise=300,
    )
