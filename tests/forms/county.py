"""The people around 陈三, and the moment the forms are filled in."""

from datetime import datetime
from typing import Any

from service.forms import Context, Limits

PEOPLE = {
    "wangmin": "王敏",
    "tianyong": "田勇",
    "lijing": "李静",
    "sunli": "孙丽",
    "hefang": "何芳",
    "luojun": "罗军",
    "chengang": "陈刚",
    "wulei": "吴磊",
    "zhenghua": "郑华",
    "lintao": "林涛",
    "majian": "马健",
}
UNITS = {"school": "石桥中学", "shiqiao": "石桥镇人民政府"}
FAMILY = [
    {"id": "g1", "name": "陈山", "relation": "父", "is_legal_guardian": True, "phone": "13900000001"},
    {"id": "g2", "name": "吴娟", "relation": "母", "is_legal_guardian": True, "phone": "13900000002"},
    {"id": "g3", "name": "陈老太", "relation": "祖父母", "is_legal_guardian": False, "phone": "13900000003"},
    {"id": "g4", "name": "陈小", "relation": "兄姐", "is_legal_guardian": True, "birth_date": "2010-01-01"},
]
FACTS: dict[str, Any] = {
    "absent_since": "2026-03-30",
    "served_on": "2025-09-30",
    "absent_school_days": 7,
    "rounds": 3,
    "notice_done": True,
    "penalty_amount": 500,
    "list": "red",
    "investigators": "wulei,zhenghua",
}


def context(outcome: str | None = None, **changes: Any) -> Context:
    """Wednesday 2026-04-08, half past ten at 石桥, about 陈三."""
    now = datetime.fromisoformat("2026-04-08T10:30:00+08:00")
    known: dict[str, Any] = {
        "today": now.date(),
        "now": now,
        "outcome": outcome,
        "outcomes": [(outcome, "所选结果")] if outcome else [],
        "facts": FACTS,
        "prefilled": {"student_name": "陈三", "guardians": FAMILY, "birth_date": "2012-02-14"},
        "people": PEOPLE.__contains__,
        "organisations": UNITS.__contains__,
        "files": lambda identifier: identifier in {"f1", "f2", "f3"},
        "choices": {"person": list(PEOPLE.items()), "org": list(UNITS.items())},
        "name_of": lambda kind, identifier: {"person": PEOPLE, "org": UNITS}.get(kind, {}).get(identifier),
        "limits": Limits(max_fine=1000),
    }
    facts = {**FACTS, **changes.pop("facts", {})}
    prefilled = {**known["prefilled"], **changes.pop("prefilled", {})}
    return Context(**{**known, **changes, "facts": facts, "prefilled": prefilled})
