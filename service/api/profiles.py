"""The county's profile, to read."""

from typing import Any

from marshmallow import Schema, fields

from service import profiles
from service.api.door import Call, route


class ProfileShown(Schema):
    id = fields.String(required=True)
    version = fields.Integer(required=True)
    published_at = fields.AwareDateTime(required=True)
    values = fields.Dict(required=True)


@route("GET", "/profiles/<profile_id>", answer=ProfileShown)
def show(call: Call, profile_id: str) -> dict[str, Any]:
    """The numbers the county has set, by the profile's id; `current` is the one in force."""
    row = profiles.find(call.session, call.actor.county_id, profile_id)
    return {"id": row.name, "version": row.version, "published_at": row.published_at, "values": row.body}
