"""学生: finding one of one's own area, and what is known of them."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service import cases, clock, people
from service.access import reads_names
from service.vault import mask_id_number, mask_name
from service.web.events import OPENERS
from service.web.frame import me, pages, reading

PAGE = 50


@pages.get("/students", endpoint="students")
def student_list() -> ResponseReturnValue:
    """Pupils by name or registry number; the search box of every page comes here."""
    q, after = request.args.get("q", "").strip(), request.args.get("after", 0, int)
    with reading() as session:
        found = people.search(session, me(), on=clock.today(), q=q, after=after, limit=PAGE + 1)
        shown = found[:PAGE]
        running = {c.student_id: c for s in shown if (c := cases.active_case(session, s.id))}
        files = cases.brief(session, me(), cases.search(session, me(), cases.Wanted(q=q))) if q else []
        rows = [(s, _shown(s.name), running.get(s.id)) for s in shown]
    more = shown[-1].id if len(found) > PAGE else None
    return render_template("students.html", q=q, rows=rows, cases=files, more=more, statuses=cases.STATUS_NAMES)


@pages.get("/students/<int:student_id>")
def student(student_id: int) -> ResponseReturnValue:
    """One pupil: class, home, guardians, cases."""
    with reading() as session:
        found, place = people.find_for(session, me(), student_id, clock.today())
        known = people.blocks(people.pupil_on(session, student_id, clock.today()), session.info["memory"]["vault"])
        school = people.organisation_names(session, [place.school_id] if place.school_id else [])
        files = cases.brief(session, me(), cases.search(session, me(), cases.Wanted(student_id=student_id)))
        active = cases.active_case(session, student_id)
    clear = reads_names(me())
    return render_template(
        "student.html",
        student=found,
        name=_shown(found.name),
        known=known,
        school=school.get(place.school_id or 0, "未在校"),
        id_number=mask_id_number(str(known.get("id_number") or "")) if known.get("id_number") else "",
        guardians=[_guardian(one, clear) for one in known.get("guardians", [])],
        cases=files,
        running=active,
        may_open=me().holds(*OPENERS) and active is None,
    )


def _shown(name: str) -> str:
    return name if reads_names(me()) else mask_name(name)


def _guardian(one: dict[str, Any], clear: bool) -> dict[str, Any]:
    phone = str(one.get("phone") or "")
    return {
        **one,
        "name": one["name"] if clear else mask_name(one["name"]),
        "phone": phone if clear else (phone[:3] + "****" + phone[-4:] if len(phone) > 7 else ""),
        "callable": clear,
    }
