"""Bulk import of rolls: read what counties really send, name every bad row, post the rest."""

from service.rosters.attendance import IMPORTERS, BadRow, Preview, RosterImport, commit, latest, look, post, preview, start

__all__ = ["IMPORTERS", "BadRow", "Preview", "RosterImport", "commit", "latest", "look", "post", "preview", "start"]
