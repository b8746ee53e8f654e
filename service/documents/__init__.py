"""Notices and attachments: number, render, serve, store."""

from service.documents.issuing import make_pages, of_case
from service.documents.models import Document
from service.documents.render import Limits, render

__all__ = ["Document", "Limits", "make_pages", "of_case", "render"]
