"""Looks into ledgers, indicators and papers, for the marked assertions of the stories."""

import io
from typing import Any

from tests.scenarios.driver import Story


def rows(story: Story, name: str, by: str = "高洁") -> list[dict[str, Any]]:
    """The rows of a ledger of DOMAIN i.3, by its Chinese name."""
    found = story.api(by).get(f"/reports/ledgers/{name}", format="json").expect(200)
    return list(found["items"])


def has_pupil(story: Story, name: str) -> bool:
    return any(story.pupil in str(row) for row in rows(story, name))


def indicator(story: Story, key: str, first: str, last: str) -> dict[str, Any]:
    """One K-figure over a period, as `{id, numerator, denominator, …}`."""
    period = {"from": story.moment(first).date().isoformat(), "to": story.moment(last).date().isoformat()}
    figures = story.api("高洁").get("/reports/indicators", **period).expect(200)["items"]
    found = next((figure for figure in figures if figure["id"] == key), None)
    assert found, f"there is no figure {key} among {[figure['id'] for figure in figures]}"
    return dict(found)


def ratio(story: Story, key: str, first: str, last: str) -> tuple[int, int]:
    figure = indicator(story, key, first, last)
    return figure["numerator"], figure["denominator"]


def printed(story: Story, document: dict[str, Any]) -> str:
    """The text of a document's PDF."""
    from pypdf import PdfReader

    file = story.api("高洁").get(f"/documents/{document['id']}/file", format="pdf")
    file.expect_file("application/pdf")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file.body)).pages)


def documents(story: Story, kind: str) -> list[dict[str, Any]]:
    found = story.api("高洁").get(f"/cases/{story.case_id}/documents").expect(200)["items"]
    return [document for document in found if document["kind"] == kind]
