"""One student, one worry: the case, its status and stage, the roll that moves it, its clocks of the law."""

from service.cases import events, operations, prefills, rules
from service.cases.attendance import Posted, Problem, Row, absent_days, active_case, keep, note_leave, note_roll, register
from service.cases.files import TRIGGERS, CaseRunning, open_case, post_absences, register_event
from service.cases.lifecycle import CLOSURE_NAMES, STAGE_NAMES, STATUS_NAMES, TransitionRefused, allowed, case_of
from service.cases.models import Attendance, Case, ClassRoll, Leave, StatutoryClock
from service.cases.prefills import last_answers
from service.cases.sight import Wanted, count, find_for, search
from service.cases.triggers import start
from service.cases.views import brief, full, statutory, timeline

__all__ = [
    "CLOSURE_NAMES",
    "STAGE_NAMES",
    "STATUS_NAMES",
    "TRIGGERS",
    "Attendance",
    "Case",
    "CaseRunning",
    "ClassRoll",
    "Leave",
    "Posted",
    "Problem",
    "Row",
    "StatutoryClock",
    "TransitionRefused",
    "Wanted",
    "absent_days",
    "active_case",
    "allowed",
    "brief",
    "case_of",
    "count",
    "events",
    "find_for",
    "full",
    "keep",
    "last_answers",
    "note_leave",
    "note_roll",
    "open_case",
    "operations",
    "post_absences",
    "prefills",
    "register",
    "register_event",
    "rules",
    "search",
    "start",
    "statutory",
    "timeline",
]
