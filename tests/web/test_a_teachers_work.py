"""Wang Min's work on pages without script: roll, contact, draft, mistakes, handing over."""

import io
from typing import TYPE_CHECKING, Any

from PIL import Image
from sqlalchemy import select

from service import history, people
from tests.web.browsing import Page, Visitor

if TYPE_CHECKING:
    from flask import Flask

CALL = {
    "absent_on": "2026-04-20",
    "day_index": "1",
    "attempts-rows": "1",
    "attempts-0-time-date": "2026-04-20",
    "attempts-0-time-time": "08:05",
    "attempts-0-method": "电话",
    "attempts-0-reached": "true",
    "attempts-0-person": "监护人",
    "cause": "study_weary",
    "proper": "false",
    "result": "拒绝",
}


def pupil(app: "Flask", name: str) -> int:
    with app.extensions["desk"].database.reading() as session:
        return int(session.scalars(select(people.Student.id).where(people.Student.name == name)).one())


def own_class(teacher: Visitor) -> str:
    """The address of her class's roll."""
    return str(teacher.client.get("/rolls").headers["Location"]).partition("?")[0]


def call_roll(teacher: Visitor, *absent: str) -> Page:
    return teacher.post(own_class(teacher), {"absent": [str(pupil(teacher.app, name)) for name in absent]})


def contact_task(teacher: Visitor) -> str:
    call_roll(teacher, "张二")
    return teacher.get("/tasks").link("联系监护人问明原因：张二")


def revision(page: Page) -> str:
    return next(str(c["value"]) for c in page.read.controls if c.get("name") == "revision")


def test_a_roll_called_with_one_submit_starts_the_contact_with_the_guardian(teacher: Visitor) -> None:
    called = call_roll(teacher, "张二")

    assert "已提交点名" in called.said
    assert "联系监护人问明原因：张二" in called.said
    assert "今天还要办 1 件" in teacher.get("/tasks").said.replace("\n", "")


def test_a_roll_can_be_corrected_and_the_others_stay_present(teacher: Visitor) -> None:
    call_roll(teacher, "张二")
    again = call_roll(teacher, "陈三")

    assert again.text.count("checked") == 1
    history = [e for e in _history(teacher.app, f"student:{pupil(teacher.app, '张二')}") if e == "attendance.corrected"]
    assert history == ["attendance.corrected"]


def test_the_school_officer_sees_which_classes_have_not_called(quiet: "Flask", teacher: Visitor) -> None:
    officer = Visitor(quiet).sign_in("lijing")
    before = officer.get("/rolls").said.replace("\n", "")
    call_roll(teacher)
    after = officer.get("/rolls").said.replace("\n", "")

    assert "个班没有点名" in before
    assert "已点名" in after
    assert before != after


def test_a_filed_contact_moves_the_case_and_can_be_read_afterwards(teacher: Visitor) -> None:
    path = contact_task(teacher)
    filed = teacher.post(f"{path}/completion", {**CALL, "outcome": "refuses", "revision": revision(teacher.get(path))})

    assert "已提交" in filed.said
    assert "拒绝返校" in filed.said
    assert "厌学" in filed.said
    assert "没有待办" in teacher.get("/tasks").said or "没有到期的任务" in teacher.get("/tasks").said
    assert "联系监护人问明原因：拒绝返校" in teacher.get(filed.link("看一生一案")).said


def test_a_form_with_mistakes_comes_back_with_everything_typed_and_what_to_do(teacher: Visitor) -> None:
    path = contact_task(teacher)
    half = {**CALL, "cause": "", "remark": "母亲在外务工", "revision": revision(teacher.get(path))}
    refused = teacher.post(f"{path}/completion", half)

    assert refused.status == 422
    assert "还有" in refused.said
    assert "需要补填或改正" in refused.said
    assert "母亲在外务工" in refused.text, "what was typed is gone"
    assert 'href="#f-cause"' in refused.text
    assert "请选择一项" in refused.said, "a missing outcome hides behind the other mistakes"
    assert "联系监护人问明原因：张二" in teacher.get("/tasks").said


def test_a_draft_is_there_again_next_time(teacher: Visitor) -> None:
    path = contact_task(teacher)
    kept = teacher.post(f"{path}/draft", {"remark": "先记一笔", "revision": revision(teacher.get(path))})

    assert "草稿已保存" in kept.said
    assert "先记一笔" in teacher.get(path).text


def test_a_row_can_be_added_without_script_and_nothing_is_filed(teacher: Visitor) -> None:
    path = contact_task(teacher)
    more = teacher.post(f"{path}/completion", {**CALL, "_add": "attempts", "revision": "1"})

    assert more.status == 200
    assert 'name="attempts-1-time-date"' in more.text
    assert "草稿" in more.said
    assert "联系监护人问明原因：张二" in teacher.get("/tasks").said


def test_the_same_form_sent_twice_is_filed_once(teacher: Visitor) -> None:
    path = contact_task(teacher)
    answers = {**CALL, "outcome": "refuses", "revision": revision(teacher.get(path))}
    teacher.post(f"{path}/completion", answers)
    again = teacher.post(f"{path}/completion", answers)

    assert again.status == 200
    assert _history(teacher.app, "case:1").count("task.completed") == 1


def test_a_stale_form_is_refused_and_keeps_what_was_typed(teacher: Visitor) -> None:
    path = contact_task(teacher)
    old = revision(teacher.get(path))
    teacher.post(f"{path}/draft", {"remark": "另一台手机上写的", "revision": old})
    stale = teacher.post(f"{path}/completion", {**CALL, "remark": "这台手机上写的", "outcome": "refuses", "revision": old})

    assert stale.status == 409
    assert "这台手机上写的" in stale.text
    assert "另一台手机上写的" in stale.text, "the other version is not shown"


def test_a_photograph_survives_a_refused_form(teacher: Visitor, quiet: "Flask") -> None:
    visit = _home_visit(quiet, teacher)
    answers: dict[str, Any] = {"revision": revision(teacher.get(visit)), "photos": (io.BytesIO(_picture()), "a.jpg")}
    refused = teacher.post(f"{visit}/completion", answers)

    assert refused.status == 422
    assert "已上传" in refused.said
    assert "还有" in refused.said


def test_what_is_no_picture_is_refused_beside_its_field(teacher: Visitor, quiet: "Flask") -> None:
    visit = _home_visit(quiet, teacher)
    answers: dict[str, Any] = {"revision": revision(teacher.get(visit)), "photos": (io.BytesIO(b"MZ not a picture"), "a.jpg")}
    refused = teacher.post(f"{visit}/completion", answers)

    assert refused.status == 422
    assert "只能上传 jpg、png 图片或 pdf 文件" in refused.said


def test_handing_over_asks_for_a_colleague_and_a_reason(teacher: Visitor, quiet: "Flask") -> None:
    path = contact_task(teacher)
    empty = teacher.post(f"{path}/assignment", {})
    assert empty.status == 422
    assert "请选择同事" in empty.said

    with quiet.extensions["desk"].database.reading() as session:
        lijing = session.scalars(select(people.Person.id).where(people.Person.username == "lijing")).one()
    done = teacher.post(f"{path}/assignment", {"person_id": str(lijing), "reason": "外出培训"})

    assert "已转办" in done.said
    assert "联系监护人问明原因：张二" in Visitor(quiet).sign_in("lijing").get("/tasks").said


def test_a_task_given_back_waits_to_be_claimed(teacher: Visitor) -> None:
    path = contact_task(teacher)
    teacher.post(f"{path}/release", {})

    assert "联系监护人问明原因：张二" in teacher.get("/tasks?view=claimable").said
    claimed = teacher.post(f"{path}/claim", {})
    assert "已认领" in claimed.said


def test_a_lent_task_is_the_helpers_until_the_day(teacher: Visitor, quiet: "Flask") -> None:
    path = contact_task(teacher)
    with quiet.extensions["desk"].database.reading() as session:
        lijing = session.scalars(select(people.Person.id).where(people.Person.username == "lijing")).one()
    too_far = teacher.post(f"{path}/delegation", {"person_id": str(lijing), "until": "2026-09-01", "reason": "请假"})
    assert too_far.status == 422
    lent = teacher.post(f"{path}/delegation", {"person_id": str(lijing), "until": "2026-04-22", "reason": "请假"})

    assert "已委派给李静" in lent.said
    assert "联系监护人问明原因：张二" in Visitor(quiet).sign_in("lijing").get("/tasks").said


def test_urging_goes_into_the_story_of_the_case(teacher: Visitor, quiet: "Flask") -> None:
    path = contact_task(teacher)
    chief = Visitor(quiet).sign_in("zhoutao")
    chief.post(f"{path}/reminder", {"reason": "请尽快联系"})

    assert "请尽快联系" in chief.get("/cases/1").said


def test_an_event_not_offered_cannot_be_posted_either(teacher: Visitor) -> None:
    contact_task(teacher)

    assert teacher.post("/cases/1/events/hold", {"note": "暂停"}).status == 403
    assert teacher.post("/cases/1/events/nonsense", {"note": "什么"}).status == 403


def test_a_clue_opens_a_case_and_a_second_one_is_refused(quiet: "Flask") -> None:
    officer = Visitor(quiet).sign_in("hefang")
    child = pupil(quiet, "何乙")
    form = officer.get(f"/cases/new?student_id={child}")
    assert form.status == 200
    opened = officer.post("/cases", {"student_id": str(child), "trigger_type": "clue", "note": "村民反映在外务工"})
    assert "已立案" in opened.said

    again = officer.post("/cases", {"student_id": str(child), "trigger_type": "clue", "note": "又有人反映"})
    assert again.status == 409
    assert "已有在办案件" in again.said


def test_the_sandbox_clock_moves_and_what_is_due_happens(teacher: Visitor) -> None:
    contact_task(teacher)
    teacher.post("/sandbox/clock", {"step": "week"})
    later = teacher.get("/tasks")

    assert "2026年4月27日" in later.said
    assert "逾期" in later.said


def test_a_verified_history_is_said_to_be_whole(quiet: "Flask", teacher: Visitor) -> None:
    contact_task(teacher)
    answer = Visitor(quiet).sign_in("gaojie").post("/oversight/verification", {})

    assert "记录完整" in answer.said


def test_large_type_is_remembered_without_script(teacher: Visitor) -> None:
    assert 'class="large"' not in teacher.get("/me").text
    assert 'class="large"' in teacher.post("/me/type", {"back": "/me"}).text


def _home_visit(app: "Flask", teacher: Visitor) -> str:
    """The address of a home visit that the vice principal gave to Wang Min."""
    path = contact_task(teacher)
    teacher.post(f"{path}/completion", {**CALL, "outcome": "refuses", "revision": revision(teacher.get(path))})
    teacher.post("/sandbox/clock", {"step": "day"})
    call_roll(teacher, "张二")
    for _ in range(6):
        teacher.post("/sandbox/clock", {"step": "next"})
        chief = Visitor(app).sign_in("zhoutao")
        found = [href for href, text in chief.get("/tasks").read.links if "安排家访" in text]
        if found:
            break
    with app.extensions["desk"].database.reading() as session:
        ids = dict(session.execute(select(people.Person.username, people.Person.id)).all())
    answers = {"visitors": [str(ids["wangmin"]), str(ids["tianyong"])], "leader": str(ids["wangmin"])}
    done = chief.post(f"{found[0]}/completion", {**answers, "revision": revision(chief.get(found[0]))})
    assert done.status == 200, done.said
    return teacher.get("/tasks").link("家访：张二")


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return out.getvalue()


def _history(app: "Flask", subject: str) -> list[str]:
    with app.extensions["desk"].database.reading() as session:
        return [event.action for event in history.of(session, subject)]
