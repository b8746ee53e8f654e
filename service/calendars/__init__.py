"""Working days, school days, terms; due rules and absence as pure functions."""

from service.calendars.absence import COUNTED_AT, Register, absent_day, absent_days, absent_within, present_run, spell
from service.calendars.calendar import Calendar, Roll, Term
from service.calendars.due_rules import OFFICE_CLOSE, CountUnit, Due, due, due_with_warnings
from service.calendars.functions import functions, next_period, period_on
from service.calendars.rule_grammar import Rule, parse
from service.calendars.state_council import PUBLISHED_YEARS, china_workdays
from service.calendars.store import SchoolDay, SchoolTerm, calendar_of

__all__ = [
    "COUNTED_AT",
    "OFFICE_CLOSE",
    "PUBLISHED_YEARS",
    "Calendar",
    "CountUnit",
    "Due",
    "Register",
    "Roll",
    "Rule",
    "SchoolDay",
    "SchoolTerm",
    "Term",
    "absent_day",
    "absent_days",
    "absent_within",
    "calendar_of",
    "china_workdays",
    "due",
    "due_with_warnings",
    "functions",
    "next_period",
    "parse",
    "period_on",
    "present_run",
    "spell",
]
