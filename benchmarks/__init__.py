"""Repeatable measurements: every figure is a ratio against a named baseline taken in the same run, or a count."""
