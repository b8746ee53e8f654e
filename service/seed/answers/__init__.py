"""The usual answers by form. What has to agree with the outcome is left to the pen."""

from service.seed.answers import after, law, school
from service.seed.answers.scene import Answers, Scene

__all__ = ["Answers", "Scene", "usual"]

_FORMS = {**school.FORMS, **law.FORMS, **after.FORMS}


def usual(form: str, scene: Scene) -> Answers:
    """What is written into a form in this scene; a part (F27b) is written like the whole form (F27)."""
    writer = _FORMS.get(form) or _FORMS.get(form[:3])
    return writer(scene) if writer else {}
