"""What people fill in: forms as the county draws them, answers taken or refused, pages that work without script."""

from service.forms.acceptance import accept, prefill, shape
from service.forms.conditions import possible_outcomes
from service.forms.context import Choice, Context, Limits, Values
from service.forms.definitions import Field, Form
from service.forms.loading import load, load_folder, problems, schema_for
from service.forms.posting import Posted, rows_asked, values_from_form
from service.forms.reading import Line, readable
from service.forms.rendering import render, summary

__all__ = [
    "Choice",
    "Context",
    "Field",
    "Form",
    "Limits",
    "Line",
    "Posted",
    "Values",
    "accept",
    "load",
    "load_folder",
    "possible_outcomes",
    "prefill",
    "problems",
    "readable",
    "render",
    "rows_asked",
    "schema_for",
    "shape",
    "summary",
    "values_from_form",
]
