"""The published description and API.md's table name the same routes."""

import pytest

from service import api
from service.api import openapi
from service.config import Settings

PROMISED = """
POST /tokens · DELETE /tokens/current
GET /tasks · GET /tasks/{task_id} · PUT /tasks/{task_id}/draft
POST /tasks/{task_id}/claim · POST /tasks/{task_id}/release · POST /tasks/{task_id}/assign · POST /tasks/{task_id}/delegate
POST /tasks/{task_id}/remind · POST /tasks/{task_id}/return · POST /tasks/{task_id}/complete
POST /files
POST /absences · POST /imports · POST /imports/{import_id}/commit · GET /students · GET /students/{student_id}
POST /cases · GET /cases · GET /cases/{case_id} · POST /cases/{case_id}/events · GET /cases/{case_id}/history
GET /cases/{case_id}/diagram · GET /cases/{case_id}/documents · POST /cases/{case_id}/documents · GET /documents/{document_id}/file
GET /processes · GET /processes/{key} · GET /processes/{key}/versions/{number}
GET /profiles/{profile_id}
GET /audit/events · POST /audit/verify · GET /health/live · GET /health/ready · GET /metrics · GET /openapi.json
POST /sandbox/reset · POST /sandbox/students · GET /sandbox/clock · POST /sandbox/clock
"""
"""The routes of API.md whose part of the service exists."""

LATER = """
POST /processes/{key}/drafts · GET /drafts/{id} · PUT /drafts/{id} · DELETE /drafts/{id} · POST /drafts/{id}/check
POST /drafts/{id}/trial · POST /trials/{id}/step · POST /trials/{id}/advance · GET /drafts/{id}/diff
POST /drafts/{id}/submit · POST /drafts/{id}/approve · POST /drafts/{id}/reject · POST /drafts/{id}/publish
GET /processes/{key}/versions/{n}/instances · POST /migrations
GET /profiles/{id}/draft · PUT /profiles/{id}/draft · POST /profiles/{id}/publish
POST /routines/{key} · GET /notifications
GET /reports/indicators · GET /reports/ledgers/{name}
"""
"""The routes of API.md that wait for theirs; move one up in the commit that builds it."""

BESIDES = {"GET /files/{file_id}"}
"""Ours, promised to nobody."""


@pytest.fixture(scope="module")
def described():
    return openapi.describe(api.routes(Settings(sandbox=True)))


def listed(text):
    return {route.strip() for line in text.split("\n") for route in line.split("·") if route.strip()}


def test_the_description_names_exactly_the_promised_routes(described):
    found = {f"{method.upper()} {path}" for path, operations in described["paths"].items() for method in operations}

    assert found - BESIDES == listed(PROMISED)
    assert not found & listed(LATER)


def test_every_operation_says_what_it_does_who_may_and_how_it_refuses(described):
    assert described["openapi"] == "3.1.0"
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], f"{method} {path}"
            assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}, f"{method} {path}"
            assert "security" in operation, f"{method} {path}"


def test_every_reference_of_the_description_leads_somewhere(described):
    def references(value):
        if isinstance(value, dict):
            yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for reference in references(described):
        found = described
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def test_path_and_query_parameters_are_described(described):
    operation = described["paths"]["/tasks"]["get"]

    assert {"view", "case", "process", "node", "overdue", "q", "limit", "cursor", "count"} == {
        one["name"] for one in operation["parameters"]
    }
    assert described["paths"]["/tasks/{task_id}"]["get"]["parameters"][0]["name"] == "task_id"


def test_a_task_and_a_case_have_the_keys_of_the_contract(described):
    task = "id instance_id case_id process_key node_id name role organisation assignee candidates copies created_at due_at due_rule light"
    case = (
        "id student status stage episode_no trigger_type suspected_on confirmed_on returned_on absent_school_days opened_at closed_at list"
        " ladder open_tasks clocks order closure documents versions"
    )
    schemas = described["components"]["schemas"]

    assert set(task.split()) | {"form_key", "form_version", "revision", "student"} <= set(schemas["Task"]["properties"])
    assert set(case.split()) <= set(schemas["Case"]["properties"])


def test_it_is_published_to_anybody_and_shows_nobody(county):
    published = county.stranger().get("/openapi.json")

    assert published.status == 200
    assert published.json == openapi.describe(api.routes(Settings(sandbox=True)))
    assert "刘一" not in published.body.decode()


def test_measures_count_without_names(county, teacher, case_id):
    page = county.stranger().get("/metrics")

    assert page.kind == "text/plain"
    assert "kcbx_open_tasks 1\n" in page.body.decode()
    assert 'kcbx_requests_total{method="POST",route="/absences",status="200"}' in page.body.decode()
    assert "刘一" not in page.body.decode()
