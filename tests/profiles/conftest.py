"""The cast, for the tests of this slice."""

from tests.cast import counties, county, followed, ordered, persuading, suspected

__all__ = ["counties", "county", "followed", "ordered", "persuading", "suspected"]
