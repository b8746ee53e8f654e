"""流程: the published diagrams, for everybody who works by them."""

from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import engine, people, processes
from service.engine import Diagram, picture
from service.processes import Instance, ProcessVersion
from service.web import due_words, parts
from service.web.frame import STATIC, me, pages, reading

KINDS = {"main": "主流程", "phase": "办理阶段", "companion": "专项流程", "service": "共用流程"}
ORDER = ("main", "phase", "service", "companion")
STAGE_ORDER = (
    "detection",
    "home_visit",
    "verification",
    "persuasion",
    "admonition",
    "penalty",
    "court",
    "placement",
    "follow_up",
    "closure",
)


@pages.get("/processes")
def library() -> ResponseReturnValue:
    """Every published diagram in its newest version."""
    with reading() as session:
        rows = [_listed(version) for version in processes.live_versions(session, me().county_id)]
        running = dict(
            session.execute(
                select(Instance.process_key, func.count())
                .where(Instance.county_id == me().county_id, Instance.status == "open")
                .group_by(Instance.process_key)
            ).all()
        )
    rows.sort(key=lambda row: (row["order"], row["version"].key))
    groups = [(KINDS[kind], [row for row in rows if row["kind"] == kind]) for kind in ORDER]
    return render_template("library.html", groups=[(title, some) for title, some in groups if some], running=running, total=len(rows))


@pages.get("/processes/<key>")
def diagram(key: str) -> ResponseReturnValue:
    """One diagram, drawn, with the table of its steps and its versions."""
    number = request.args.get("version", None, int)
    with reading() as session:
        version = processes.find_version(session, me().county_id, key, number)
        versions = session.scalars(
            select(ProcessVersion)
            .where(ProcessVersion.county_id == me().county_id, ProcessVersion.key == key)
            .order_by(ProcessVersion.version.desc())
        ).all()
        names = people.names_of(session, {v.published_by for v in versions if v.published_by})
        read = engine.read(version.xml)
        titles = _form_titles(session, read)
    return render_template(
        "diagram.html",
        version=version,
        versions=versions,
        names=names,
        kind=KINDS.get(read.properties.get("kind", ""), "流程"),
        variant=_variant(version.key),
        svg=Markup(picture.draw(version.xml)),  # noqa: S704 - drawn by us, every text escaped
        steps=[_step(node, titles) for node in read.nodes.values() if node.kind == "userTask"],
        fit=request.args.get("fit") == "1",
        viewer=(STATIC / "studio" / "viewer.js").exists(),
    )


@pages.get("/processes/<key>/versions/<int:number>.bpmn")
def diagram_file(key: str, number: int) -> ResponseReturnValue:
    """The diagram itself, as any BPMN editor opens it."""
    with reading() as session:
        version = processes.find_version(session, me().county_id, key, number)
    response = Response(version.xml, mimetype="application/xml")
    disposition = "inline" if request.args.get("view") else "attachment"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{version.key}-v{version.version}.bpmn"'
    return response


def _listed(version: ProcessVersion) -> dict[str, Any]:
    read = engine.read(version.xml)
    kind = read.properties.get("kind", "companion")
    stage = read.properties.get("stage", "")
    order = (ORDER.index(kind) if kind in ORDER else 9, STAGE_ORDER.index(stage) if stage in STAGE_ORDER else 99)
    steps = sum(node.kind == "userTask" for node in read.nodes.values())
    return {"version": version, "kind": kind, "order": order, "steps": steps, "variant": _variant(version.key)}


def _variant(key: str) -> str:
    variant = key.partition("@")[2]
    return {"ladder_a": "甲式（罚款前置）", "ladder_b": "乙式"}.get(variant, variant and "变式")


def _step(node: engine.Node, titles: dict[str, str]) -> dict[str, Any]:
    laws = [part.strip() for part in node.properties.get("law", "").split(";") if "《" in part]
    form = titles.get(node.form_key or "F00", "")
    role = parts.role_name(node.roles[0]) if node.roles else ""
    return {
        "node": node,
        "role": role,
        "form": form,
        "due": due_words.in_words(node.due),
        "laws": laws,
        "outcomes": [o.name for o in node.outcomes if o.name != "完成"],
    }


def _form_titles(session: Session, read: Diagram) -> dict[str, str]:
    wanted = {node.form_key or "F00" for node in read.nodes.values() if node.kind == "userTask"}
    table = processes.FormVersion
    rows = session.execute(
        select(table.key, table.schema).where(table.county_id == me().county_id, table.key.in_(wanted)).order_by(table.version)
    )
    return {key: str(schema.get("title", "")) for key, schema in rows}
