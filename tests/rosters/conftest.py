"""The cast, for the tests of this slice."""

from tests.cast import counties, county, files, standing

__all__ = ["counties", "county", "files", "standing"]
