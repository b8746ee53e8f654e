"""Notices and attachments: number, render, serve, store."""

from service.documents.evidence import add_evidence
from service.documents.issuing import make_pages, of_case
from service.documents.models import Document
from service.documents.render import Limits, render

__all__ = ["Document", "Limits", "add_evidence", "make_pages", "of_case", "render"]
