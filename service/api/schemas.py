"""How tasks and cases look from outside (API.md). Requests are declared beside their views."""

from marshmallow import Schema, fields, validate

LARGEST_PAGE = 200


class Page(Schema):
    """What every list may be asked."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, LARGEST_PAGE))
    cursor = fields.String(load_default="")
    count = fields.Boolean(load_default=False)


class Named(Schema):
    """Somebody or something, by id and name."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class Task(Schema):
    """A task as lists show it."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    case_id = fields.String(required=True, allow_none=True)
    process_key = fields.String(required=True)
    node_id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    role_name = fields.String(required=True)
    organisation = fields.Nested(Named, required=True, allow_none=True)
    assignee = fields.Nested(Named, required=True, allow_none=True)
    candidates = fields.List(fields.Nested(Named), required=True)
    copies = fields.List(fields.Nested(Named), required=True)
    state = fields.String(required=True, validate=validate.OneOf(["open", "done", "cancelled", "superseded"]))
    unmanned = fields.Boolean(required=True)
    outcome = fields.String(required=True, allow_none=True)
    outcome_name = fields.String(required=True, allow_none=True)
    completed_by = fields.Nested(Named, required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    due_rule = fields.String(required=True, allow_none=True)
    light = fields.String(required=True, validate=validate.OneOf(["normal", "soon", "overdue", "seriously_overdue"]))
    form_key = fields.String(required=True)
    form_version = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    student = fields.Nested(Named, required=True, allow_none=True)


class FormSchema(Schema):
    """The form of a task; `schema` is form-js, with the people and organisations to choose from."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)
    schema = fields.Dict(required=True)


class Following(Schema):
    """What happens next for one outcome, in Chinese."""

    outcome = fields.String(required=True)
    name = fields.String(required=True)
    then = fields.List(fields.String(), required=True)


class TaskSheet(Task):
    """A task opened: its form and what it already knows."""

    form = fields.Nested(FormSchema, required=True)
    values = fields.Dict(required=True)
    draft = fields.Dict(required=True)
    outcomes = fields.List(fields.Nested(Named), required=True)
    law = fields.List(fields.String(), required=True)
    guidance = fields.String(required=True)
    next = fields.List(fields.Nested(Following), required=True)
    may_complete = fields.Boolean(required=True)
    may_return = fields.Boolean(required=True)


class TaskList(Schema):
    items = fields.List(fields.Nested(Task), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer()


class Order(Schema):
    """The served order to comply."""

    served_on = fields.Date(required=True)
    comply_by = fields.Date(required=True, allow_none=True)


class Closure(Schema):
    code = fields.String(required=True)
    approved_on = fields.Date(required=True, allow_none=True)
    watch_until = fields.Date(required=True, allow_none=True)


class CaseHead(Schema):
    """A case as lists show it."""

    id = fields.String(required=True)
    number = fields.String(required=True)
    student = fields.Nested(Named, required=True)
    status = fields.String(required=True)
    status_name = fields.String(required=True)
    stage = fields.String(required=True)
    stage_name = fields.String(required=True)
    episode_no = fields.Integer(required=True)
    trigger_type = fields.String(required=True)
    absent_since = fields.Date(required=True, allow_none=True)
    suspected_on = fields.Date(required=True, allow_none=True)
    confirmed_on = fields.Date(required=True, allow_none=True)
    returned_on = fields.Date(required=True, allow_none=True)
    absent_school_days = fields.Integer(required=True)
    opened_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    list = fields.String(required=True, allow_none=True, validate=validate.OneOf(["red", "white"]))
    ladder = fields.String(required=True)
    order = fields.Nested(Order, required=True, allow_none=True)
    closure = fields.Nested(Closure, required=True, allow_none=True)
    previous_case_id = fields.String(required=True, allow_none=True)


class WorkClock(Schema):
    key = fields.String(required=True)
    name = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True, allow_none=True)
    state = fields.String(required=True)
    task_id = fields.String(required=True)


class StatutoryClock(Schema):
    """A period of the law."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    source = fields.String(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["running", "met", "missed", "stopped"]))
    warnings = fields.List(fields.Date(), required=True)
    days_left = fields.Integer(required=True)


class Clocks(Schema):
    work = fields.List(fields.Nested(WorkClock), required=True)
    statutory = fields.List(fields.Nested(StatutoryClock), required=True)


class Document(Schema):
    """A notice, or a piece of evidence."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    issued_at = fields.AwareDateTime(required=True)
    served_on = fields.Date(required=True, allow_none=True)


class DocumentList(Schema):
    items = fields.List(fields.Nested(Document), required=True)
    next = fields.String(required=True, allow_none=True)


class Case(CaseHead):
    """A case with what is open in it."""

    open_tasks = fields.List(fields.Nested(Task), required=True)
    clocks = fields.Nested(Clocks, required=True)
    documents = fields.List(fields.Nested(Document), required=True)
    versions = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class CaseList(Schema):
    items = fields.List(fields.Nested(CaseHead), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer()


class Completed(Schema):
    """What completing a task did."""

    task = fields.Nested(Task, required=True)
    case = fields.Nested(Case, required=True, allow_none=True)
    opened = fields.List(fields.Nested(Task), required=True)
    closed = fields.List(fields.String(), required=True)
