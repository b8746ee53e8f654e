"""The cast, for the tests of this slice."""

from tests.cast import counties, county, files, followed, ordered, persuading, session, standing, suspected

__all__ = ["counties", "county", "files", "followed", "ordered", "persuading", "session", "standing", "suspected"]
