"""Signing in and out."""

from datetime import UTC, datetime
from typing import Any

from flask import request
from marshmallow import Schema, fields, validate

from service import people
from service.api.door import Call, route


class Credentials(Schema):
    username = fields.String(required=True, validate=validate.Length(max=40))
    password = fields.String(required=True, load_only=True, validate=validate.Length(max=200))


class Post(Schema):
    role = fields.String(required=True)
    organisation_id = fields.String(required=True)


class Me(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.Nested(Post), required=True)


class Token(Schema):
    token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    person = fields.Nested(Me, required=True)


@route("POST", "/tokens", body=Credentials, answer=Token, status=201, public=True)
def sign_in(call: Call) -> dict[str, Any]:
    """Sign in with a username and a password."""
    ticket = people.sign_in(call.session, call.body["username"], call.body["password"], "api", real_now=datetime.now(UTC))
    roles = [{"role": m.role, "organisation_id": str(m.organisation_id)} for m in ticket.actor.memberships]
    return {
        "token": ticket.token,
        "expires_at": ticket.expires_at,
        "person": {"id": str(ticket.actor.person_id), "name": ticket.actor.name, "roles": roles},
    }


@route("DELETE", "/tokens/current", status=204)
def sign_out(call: Call) -> None:
    """Make the token of this request worthless."""
    people.sign_out(call.session, request.headers["Authorization"].partition(" ")[2].strip())
