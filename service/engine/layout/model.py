"""What a layout is made of: nodes and flows to arrange, boxes and lines as the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Shape = Literal["task", "frame", "event", "gateway", "note"]


class Point(NamedTuple):
    x: float
    y: float


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def overlaps(self, other: Box, margin: float = 0) -> bool:
        return (
            self.x - margin < other.right
            and other.x - margin < self.right
            and self.y - margin < other.bottom
            and other.y - margin < self.bottom
        )


@dataclass
class Attached:
    """A boundary event; `offset` is its centre's distance from the middle of its column."""

    id: str
    name: str
    offset: float = 0
    label: tuple[float, float] = (0, 0)


@dataclass
class Node:
    id: str
    name: str
    shape: Shape
    lane: int = 0
    strip: int = 0  # a band of a lane: rows that belong together
    is_start: bool = False
    attached: list[Attached] = field(default_factory=list)
    content: Scope | None = None
    width: float = 0
    up: float = 0  # from the line its flows run on to its upper edge; a frame's main line is not its middle
    down: float = 0
    span: int = 1  # columns it covers


@dataclass
class Flow:
    id: str
    name: str
    source: str
    target: str
    attached: str | None = None  # the boundary event it leaves from; `source` is then the host
    is_association: bool = False


@dataclass
class Lane:
    id: str
    name: str
    members: set[str]


@dataclass
class Scope:
    """A process, or the inside of an embedded sub-process."""

    nodes: list[Node]
    flows: list[Flow]
    lanes: list[Lane] = field(default_factory=list)


@dataclass
class Drawing:
    """Where everything of a scope goes, from its own upper left corner at 0,0."""

    width: float
    height: float
    main_line: float
    boxes: dict[str, Box] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[Point]] = field(default_factory=dict)
    frames: set[str] = field(default_factory=set)
    lanes: dict[str, tuple[float, float]] = field(default_factory=dict)  # upper and lower edge

    def take_in(self, inner: Drawing, dx: float, dy: float) -> None:
        self.boxes |= {key: box.moved(dx, dy) for key, box in inner.boxes.items()}
        self.labels |= {key: box.moved(dx, dy) for key, box in inner.labels.items()}
        self.lines |= {key: [Point(x + dx, y + dy) for x, y in points] for key, points in inner.lines.items()}
        self.frames |= inner.frames
