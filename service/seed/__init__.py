"""Invented counties: the fixtures of the stories, and the demo."""

from service.seed.demo import demo, is_seeded
from service.seed.fixtures import FIXTURES, reset

__all__ = ["FIXTURES", "demo", "is_seeded", "reset"]
