"""Invented counties: the fixtures of the stories, and the demo."""

from service.seed.fixtures import FIXTURES, reset

__all__ = ["FIXTURES", "reset"]
