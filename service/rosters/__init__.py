"""Bulk import of rolls and rosters, comparisons, findings."""
