"""What people do with tasks, cases and files through the API; answers look as the published description says."""

import io

import pytest
from PIL import Image

from service.api import audit, cases, documents, files, processes, profiles, schemas, students
from tests.api.conftest import call_answers, completion

ILL = {"result": "请假", "expected_back": "2026-03-18", "cause": "ill", "proper": True}
CLUE = {"source": "群众举报", "received_at": "2026-03-16T08:00:00+08:00", "clue": "白天在街上，未到校"}


def looks_like(schema, answer):
    """The answer has every key that the schema requires, of its type, and none that it does not name."""
    assert schema().validate(answer) == {}


def picture():
    sheet = io.BytesIO()
    Image.new("RGB", (8, 8)).save(sheet, "PNG")
    return sheet.getvalue()


def upload(client, content, name="evidence.png"):
    signed_in = {"Authorization": f"Bearer {client.token}"}
    return client.client.post("/api/v1/files", data={"file": (io.BytesIO(content), name)}, headers=signed_in)


def test_every_answer_looks_as_it_is_described(county, teacher, case_id, task):
    pupil = county.students["刘一"]
    looks_like(schemas.Task, task)
    looks_like(schemas.TaskList, teacher.get("/tasks", view="team", count="true").json)
    looks_like(schemas.TaskSheet, teacher.get(f"/tasks/{task['id']}").json)
    looks_like(schemas.Case, teacher.get(f"/cases/{case_id}").json)
    looks_like(schemas.CaseList, teacher.get("/cases").json)
    looks_like(cases.HistoryPage, teacher.get(f"/cases/{case_id}/history").json)
    looks_like(cases.CaseDiagram, teacher.get(f"/cases/{case_id}/diagram", process="SP10_detection").json)
    looks_like(schemas.DocumentList, teacher.get(f"/cases/{case_id}/documents").json)
    looks_like(students.StudentList, teacher.get("/students").json)
    looks_like(students.Student, teacher.get(f"/students/{pupil}").json)
    looks_like(processes.ProcessList, teacher.get("/processes").json)
    looks_like(processes.Process, teacher.get("/processes/SP10_detection").json)
    looks_like(profiles.ProfileShown, teacher.get("/profiles/qs_b").json)
    looks_like(audit.AuditPage, county.signed_in("万青").get("/audit/events").json)
    looks_like(schemas.Completed, teacher.post(f"/tasks/{task['id']}/complete", completion(task)).json)
    looks_like(cases.Posted, county.absent("张二", teacher).json)


def test_a_sheet_tells_the_holder_everything_and_others_no_personal_data(county, teacher, task):
    teacher.send("PUT", f"/tasks/{task['id']}/draft", {"values": {"remark": "占线"}})

    mine = teacher.get(f"/tasks/{task['id']}").json
    seen = county.signed_in("陈刚").get(f"/tasks/{task['id']}").json

    assert mine["may_complete"] and mine["draft"] == {"remark": "占线"} and mine["values"]["student_name"] == "刘一"
    assert not seen["may_complete"] and seen["draft"] == {} and seen["values"] == {}
    assert {"id": "refuses", "name": "拒绝返校"} in mine["outcomes"]
    assert {one["outcome"]: one["then"] for one in mine["next"]}["sick"] == ["补办请假条"]
    assert mine["law"] and mine["guidance"]


def test_completing_answers_with_what_came_and_went(teacher, case_id, task):
    done = teacher.post(f"/tasks/{task['id']}/complete", completion(task, "sick", **ILL)).json

    assert (done["task"]["state"], done["task"]["outcome"], done["task"]["completed_by"]["name"]) == ("done", "sick", "王敏")
    assert [one["node_id"] for one in done["opened"]] == ["SP10_T02_leave_slip"]
    assert [one["id"] for one in done["case"]["open_tasks"]] == [one["id"] for one in done["opened"]]
    assert done["closed"] == []
    assert teacher.get(f"/tasks/{task['id']}").json["values"]["cause"] == "ill"


def test_what_the_form_refuses_is_named_and_the_draft_is_kept(teacher, task):
    saved = teacher.send("PUT", f"/tasks/{task['id']}/draft", {"values": {"remark": "占线"}}).json

    refused = teacher.post(f"/tasks/{task['id']}/complete", {**completion(saved), "values": call_answers(attempts=[], surprise=1)})

    assert refused.status == 422
    assert "surprise" in refused.json["errors"]
    assert teacher.get(f"/tasks/{task['id']}").json["draft"] == {"remark": "占线"}


def test_a_task_goes_from_hand_to_hand(county, teacher, task):
    officer, path = county.signed_in("李静"), f"/tasks/{task['id']}"
    colleague = {"person_id": _id_of(county, "邓丽"), "reason": "外出培训"}

    assert teacher.post(f"{path}/release").json["assignee"] is None
    assert [one["id"] for one in teacher.get("/tasks", view="claimable").json["items"]] == [task["id"]]
    assert teacher.post(f"{path}/claim").json["assignee"]["name"] == "王敏"
    assert teacher.post(f"{path}/claim").json["code"] == "task_taken"
    assert officer.post(f"{path}/assign", colleague).status == 403
    assert officer.post(f"{path}/remind", {"note": "今天17点前"}).status == 200
    assert teacher.post(f"{path}/delegate", {"person_id": colleague["person_id"], "until": "2026-06-16", "reason": "x"}).status == 422
    assert teacher.post(f"{path}/assign", colleague).json["assignee"]["name"] == "邓丽"
    actions = [one["action"] for one in teacher.get(f"/cases/{task['case_id']}/history").json["items"]]
    assert [a for a in actions if a.startswith("task.")] == [
        "task.opened",
        "task.released",
        "task.claimed",
        "task.reminded",
        "task.assigned",
    ]


def test_the_first_step_cannot_be_given_back(teacher, task):
    refused = teacher.post(f"/tasks/{task['id']}/return", {"reason": "不是我班学生"})

    assert (refused.status, refused.json["code"]) == (409, "cannot_return")
    assert teacher.get(f"/tasks/{task['id']}").json["may_return"] is False


def test_a_step_just_made_can_be_given_back(teacher, task):
    slip = teacher.post(f"/tasks/{task['id']}/complete", completion(task, "sick", **ILL)).json["opened"][0]
    assert teacher.get(f"/tasks/{slip['id']}").json["may_return"] is True

    back = teacher.post(f"/tasks/{slip['id']}/return", {"reason": "学生并未生病"}).json

    assert (back["task"]["state"], [one["node_id"] for one in back["opened"]]) == ("cancelled", ["SP10_T01_contact_guardian"])
    assert teacher.get(f"/tasks/{back['opened'][0]['id']}").json["draft"]["cause"] == "ill"


def test_a_bad_row_holds_up_no_good_one(county, teacher):
    good = {"student_id": county.students["刘一"], "date": "2026-03-16", "present": False}
    rows = [{**good, "student_id": "nobody"}, good, {**good, "date": "2026-03-17"}, {**good, "student_id": county.students["赵四"]}]

    posted = teacher.post("/absences", {"rows": rows}).json

    assert (posted["accepted"], len(posted["started"])) == (1, 1)
    assert [(one["row"], one["code"]) for one in posted["problems"]] == [(0, "unknown_student"), (2, "future_date"), (3, "unknown_student")]


def test_a_clue_opens_a_case_and_a_second_one_joins_it(county):
    officer, pupil = county.signed_in("李静"), county.students["孙五"]
    clue = {"student_id": pupil, "trigger_type": "clue", "values": CLUE}

    first, second = officer.post("/cases", clue), officer.post("/cases", clue)

    assert (first.status, first.json["status"], first.json["stage"]) == (201, "suspected", "verification")
    assert second.json["id"] == first.json["id"]
    told = [one["data"] for one in officer.get(f"/cases/{first.json['id']}/history").json["items"] if one["action"] == "case.trigger"]
    assert [(one["values"]["clue"], one.get("joined")) for one in told] == [(CLUE["clue"], None), (CLUE["clue"], True)]


@pytest.mark.parametrize(
    ("who", "change", "status"),
    [("李静", {"values": {}}, 422), ("李静", {"trigger_type": "absence"}, 422), ("姚远", {}, 403), ("钱峰", {}, 404)],
)
def test_a_case_is_not_opened_by_whoever_and_however(county, who, change, status):
    clue = {"student_id": county.students["孙五"], "trigger_type": "clue", "values": CLUE}

    assert county.signed_in(who).post("/cases", {**clue, **change}).status == status


def test_an_event_nobody_waits_for_is_refused(teacher, case_id):
    assert teacher.post(f"/cases/{case_id}/events", {"event": "no_such_event"}).status == 422
    assert teacher.post(f"/cases/{case_id}/events", {"event": "return_claimed"}).json["code"] == "event_not_expected"


def test_an_upload_is_stored_by_what_it_is(county, teacher):
    content = picture()

    stored = upload(teacher, content, "whatever.exe").get_json()

    assert stored["type"] == "image/png"
    assert len(stored["sha256"]) == 64
    looks_like(files.Stored, stored)
    assert teacher.get(f"/files/{stored['id']}").kind == "image/png"
    assert county.signed_in("李静").get(f"/files/{stored['id']}").status == 404
    assert upload(teacher, b"MZ not a picture").status_code == 415


def test_evidence_lies_in_the_case_and_opens_to_those_who_see_it(county, teacher, case_id):
    file_id = upload(teacher, picture()).get_json()["id"]

    added = teacher.post(f"/cases/{case_id}/documents", {"title": "微信聊天截图", "file_id": file_id})

    looks_like(schemas.Document, added.json)
    address = f"/documents/{added.json['id']}/file"
    assert county.signed_in("陈刚").get(address).kind == "image/png"
    assert county.signed_in("赵强").get(address).status == 404
    assert teacher.get(address, format="pdf").json["code"] == "no_such_format"
    assert [one["title"] for one in teacher.get(f"/cases/{case_id}").json["documents"]] == ["微信聊天截图"]
    assert teacher.post(f"/cases/{case_id}/documents", {"kind": "D09"}).status == 403
    assert county.signed_in("李静").post(f"/cases/{case_id}/documents", {"file_id": file_id}).status == 422


def test_the_record_is_verified_by_those_who_may(county, teacher, case_id):
    auditor = county.signed_in("万青")

    one, everything = auditor.post("/audit/verify", {"case_id": case_id}).json, auditor.post("/audit/verify").json

    assert one["ok"] and one["checked"] == len(teacher.get(f"/cases/{case_id}/history").json["items"])
    assert everything["ok"] and everything["checked"] > one["checked"]
    assert teacher.post("/audit/verify", {"case_id": case_id}).status == 403
    assert teacher.get("/audit/events").status == 403
    assert auditor.get("/audit/events", action="case.opened").json["items"][0]["subject"] == f"case:{case_id}"


def test_a_diagram_can_be_had_as_the_file_it_is(teacher):
    drawn = teacher.get("/processes/SP40_admonition@ladder_a/versions/1", format="xml")

    assert drawn.kind == "application/xml"
    assert b"SP40_admonition" in drawn.body
    assert teacher.get("/processes/SP40_admonition/versions/99").status == 404
    assert teacher.get("/processes/nothing").status == 404
    assert teacher.get("/profiles/other").status == 404


def _id_of(county, name):
    client = county.stranger().post("/tokens", {"username": county.people[name], "password": "training"})
    return client.json["person"]["id"]


def test_a_document_that_is_nowhere_is_not_found(teacher):
    assert teacher.get("/documents/1/file").status == 404
    assert documents.Format().validate({"format": "exe"})
