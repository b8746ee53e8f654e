"""我的: who I am here, how large I like to read, signing out."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import people
from service.access import ROLE_NAMES
from service.web.frame import desk, pages, reading
from service.web.frame import me as whoever


@pages.get("/me", endpoint="me")
def mine() -> ResponseReturnValue:
    """Name, posts, reading size."""
    with reading() as session:
        names = people.organisation_names(session, {m.organisation_id for m in whoever().memberships})
        username = session.get_one(people.Person, whoever().person_id).username
    posts = [(ROLE_NAMES.get(m.role, m.role), names.get(m.organisation_id, "")) for m in whoever().memberships]
    return render_template("me.html", posts=posts, username=username)


@pages.post("/me/type")
def type_size() -> ResponseReturnValue:
    """Switch 大字版 on or off, on this device."""
    back = request.form.get("back", "")
    inside = back.startswith("/") and not back.startswith(("//", "/\\"))
    response = redirect(back if inside else url_for(".me"), 303)
    large = request.cookies.get("large") != "1"
    production = desk().settings.environment == "production"
    response.set_cookie("large", "1" if large else "0", max_age=31536000, httponly=True, samesite="Lax", secure=production)
    return response
