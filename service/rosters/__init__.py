"""Bulk import of rolls: read what counties really send, name every bad row, post the rest."""

from service.rosters.attendance import BadRow, Preview, RosterImport, commit, post, preview, start

__all__ = ["BadRow", "Preview", "RosterImport", "commit", "post", "preview", "start"]
