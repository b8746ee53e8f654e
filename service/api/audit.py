"""The ledger for those who check: what happened, and whether anybody changed it afterwards."""

from typing import Any

from marshmallow import Schema, fields, validate

from service import cases, history, people
from service.access import SUPERVISORS
from service.api import schemas
from service.api.door import Call, route
from service.api.values import Id, page, position
from service.errors import Forbidden

CHECKERS = ("auditor", "bureau_leader")


class Verification(Schema):
    case_id = Id(load_default=None, allow_none=True)


class Break(Schema):
    subject = fields.String(required=True)
    seq = fields.Integer(required=True)
    reason = fields.String(required=True)


class Verified(Schema):
    ok = fields.Boolean(required=True)
    checked = fields.Integer(required=True)
    first_break = fields.Nested(Break, required=True, allow_none=True)


class Wanted(schemas.Page):
    case_id = Id(load_default=None)
    actor_id = Id(load_default=None)
    action = fields.String(load_default="", validate=validate.Length(max=40))
    since = fields.AwareDateTime(load_default=None)
    until = fields.AwareDateTime(load_default=None)


class AuditEvent(Schema):
    id = fields.String(required=True)
    subject = fields.String(required=True)
    seq = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    actor = fields.Nested(schemas.Named, required=True, allow_none=True)
    action = fields.String(required=True)
    node_id = fields.String(required=True, allow_none=True)
    hash = fields.String(required=True)


class AuditPage(Schema):
    items = fields.List(fields.Nested(AuditEvent), required=True)
    next = fields.String(required=True, allow_none=True)


@route("POST", "/audit/verify", body=Verification, answer=Verified, transaction="read")
def verify(call: Call) -> dict[str, Any]:
    """Recompute the hash chain of one case, or of everything in the county."""
    if not call.actor.holds("auditor", *SUPERVISORS):
        raise Forbidden("只有督查审计和上级可以核验记录")
    subject = _subject(call)
    found = history.verify(call.session, call.actor.county_id, subject)
    broken = found.first_break
    shown = {"subject": broken.subject, "seq": broken.seq, "reason": broken.reason} if broken else None
    return {"ok": broken is None, "checked": found.checked, "first_break": shown}


def _subject(call: Call) -> str | None:
    """The chain asked for. Checking a chain shows nothing of the case, so an auditor needs no sight of it."""
    case_id = call.body["case_id"]
    if case_id is None:
        return None
    if not call.actor.holds("auditor"):
        cases.find_for(call.session, call.actor, case_id)
    return f"case:{case_id}"


@route("GET", "/audit/events", query=Wanted, answer=AuditPage)
def events(call: Call) -> dict[str, Any]:
    """What happened in the county, newest first; without contents, which stay with the case."""
    if not call.actor.holds(*CHECKERS):
        raise Forbidden("只有督查审计可以查阅全县操作记录")
    asked, limit = call.query, call.query["limit"]
    found = history.search(
        call.session,
        call.actor.county_id,
        subject=f"case:{asked['case_id']}" if asked["case_id"] else None,
        actor_id=asked["actor_id"],
        action=asked["action"],
        since=asked["since"],
        until=asked["until"],
        before=position(asked["cursor"], int)[0] if asked["cursor"] else None,
        limit=limit + 1,
    )
    shown, following = page(found, limit, lambda event: (event.id,))
    names = people.names_of(call.session, {event.actor_id for event in shown if event.actor_id})
    return {"items": [_event(event, names) for event in shown], "next": following}


def _event(event: history.Event, names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "subject": event.subject,
        "seq": event.seq,
        "at": event.at,
        "actor": {"id": str(event.actor_id), "name": names.get(event.actor_id, "")} if event.actor_id else None,
        "action": event.action,
        "node_id": event.node_id,
        "hash": event.hash.hex(),
    }
