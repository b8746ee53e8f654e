"""What the county would print for 周六 of SCENARIOS.md S07: the return notice and the order."""

from datetime import date

import pytest


@pytest.fixture
def return_notice() -> dict[str, object]:
    return {
        "copy_label": "送达联",
        "issuer": "石桥中学",
        "word": "石中",
        "year": 2025,
        "no": 3,
        "guardian": "周强、何英",
        "child": "周六",
        "class_name": "七年级一班",
        "absent_since": date(2025, 3, 3),
        "absent_school_days": 16,
        "visit_dates": ["3月4日", "3月14日", "3月20日"],
        "comply_by": date(2025, 3, 31),
        "school": "石桥中学",
        "measures": ["补习落下的功课，由班主任和科任教师轮流辅导", "申请家庭经济困难学生生活补助", "安排心理教师谈心"],
        "contact": "李静",
        "phone": "0000-8886001",
        "signer": "陈刚",
        "issued_on": date(2025, 3, 24),
        "verification": "7F3A-91C2-55D0",
    }


@pytest.fixture
def order() -> dict[str, object]:
    return {
        "copy_label": "归档联",
        "issuer": "石桥镇人民政府",
        "word": "石政",
        "year": 2025,
        "no": 1,
        "guardian": "周强",
        "relation": "父亲",
        "guardian_id_number": None,
        "address": "青山县石桥镇上村2组",
        "child": "周六",
        "birth": date(2011, 10, 8),
        "school_of_registry": "石桥中学",
        "absent_since": date(2025, 3, 3),
        "facts": "石桥中学和石桥镇先后三次上门劝返，并于2025年3月24日送达劝返复学通知书，期限届满后被监护人仍未到校。",
        "evidence": ["石桥中学到校登记表", "家访记录三份", "劝返复学通知书及送达回证", "批评教育谈话记录"],
        "norms": "《中华人民共和国义务教育法》第五条第二款、《中华人民共和国未成年人保护法》第十六条第五项",
        "basis": "《中华人民共和国义务教育法》第五十八条",
        "comply_by": date(2025, 5, 6),
        "school": "石桥中学",
        "contact": "吴磊",
        "phone": "0000-8886002",
        "consequence": "逾期不改正的，本机关将依法申请人民法院强制执行。",
        "review_body": "青山县人民政府",
        "court": "青山县人民法院",
        "issued_on": date(2025, 4, 17),
        "verification": "2B8E-40A7-C913",
    }
