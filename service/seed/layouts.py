"""What a county consists of, drawn up from its townships and schools."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.seed.counties import Place

DEPARTMENTS = ("残联", "人社局", "民政局", "卫健局", "妇联", "农业农村局", "市监局", "检察院")
BUREAU, OFFICE = "县教育局", "县联席会议办公室"


@dataclass(frozen=True)
class School:
    """A school with its classes (801 is class 1 of grade 8) and how many sit in each."""

    name: str
    township: str
    classes: Sequence[int]
    size: int


def layout(county: str, townships: Mapping[str, Sequence[str]], schools: Sequence[School]) -> Iterator[Place]:
    """The tree below a county: bureau and departments, townships with villages and stations, schools with classes."""
    yield Place(BUREAU, "bureau", county)
    for department in (OFFICE, *DEPARTMENTS):
        yield Place(department, "department", county)
    for township, villages in townships.items():
        yield Place(township, "township", county)
        yield from (Place(village, "village", township) for village in villages)
        yield from (Place(f"{township[:-1]}{station}", "station", township) for station in ("司法所", "派出所"))
    for school in schools:
        yield Place(school.name, "school", school.township)
        yield from (Place(str(number), "class", school.name, grade=number // 100) for number in school.classes)
