"""The first tables.

History is append-only: triggers refuse to change or delete its rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "county",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("root_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county")),
        sa.UniqueConstraint("code", name=op.f("uq_county_code")),
    )
    op.create_table(
        "history",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("on_behalf_of", ID, nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("node_id", sa.String(length=80), nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index("uq_history_subject_seq", "history", ["subject", "seq"], unique=True)
    op.create_table(
        "incident",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("instance_id", ID, nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_county_id"), "incident", ["county_id"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(
        "ix_job_waiting",
        "job",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "answered_request",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("body", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_answered_request")),
    )
    op.create_table(
        "sandbox_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("base_at", INSTANT, nullable=False),
        sa.Column("real_at", INSTANT, nullable=False),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_clock")),
    )
    op.create_table(
        "task",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("root_id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("student_id", ID, nullable=True),
        sa.Column("bundle_id", ID, nullable=False),
        sa.Column("node_id", sa.String(length=80), nullable=False),
        sa.Column("token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("organisation_id", ID, nullable=True),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("unmanned", sa.Boolean(), nullable=False),
        sa.Column("class_id", ID, nullable=True),
        sa.Column("school_id", ID, nullable=True),
        sa.Column("village_id", ID, nullable=True),
        sa.Column("township_id", ID, nullable=True),
        sa.Column("household_township_id", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("alarm_at", INSTANT, nullable=True),
        sa.Column("alarm", sa.String(length=10), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("completed_by", ID, nullable=True),
        sa.Column("on_behalf_of", ID, nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("values", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(
        "ix_task_alarm",
        "task",
        ["alarm_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_task_assignee",
        "task",
        ["assignee_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_task_class",
        "task",
        ["class_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_task_completed_by", "task", ["completed_by", "ended_at"], unique=False)
    op.create_index(
        "ix_task_county",
        "task",
        ["county_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_task_household_township",
        "task",
        ["household_township_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_task_root", "task", ["root_id"], unique=False)
    op.create_index(
        "ix_task_school",
        "task",
        ["school_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_task_township",
        "task",
        ["township_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_task_unclaimed",
        "task",
        ["organisation_id", "role", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_task_village",
        "task",
        ["village_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=90), nullable=False),
        sa.Column("stored_by", ID, nullable=True),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_attachment_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("name", name=op.f("uq_attachment_name")),
    )
    op.create_index(op.f("ix_attachment_county_id"), "attachment", ["county_id"], unique=False)
    op.create_table(
        "form_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_form_version_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
    )
    op.create_index(op.f("ix_form_version_county_id_key_version"), "form_version", ["county_id", "key", "version"], unique=True)
    op.create_table(
        "organisation",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_organisation_county_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index(op.f("ix_organisation_county_id_parent_id"), "organisation", ["county_id", "parent_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("password_hash", sa.String(length=160), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_person_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_index(op.f("ix_person_county_id"), "person", ["county_id"], unique=False)
    op.create_table(
        "process_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("published_by", ID, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_process_version_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_version")),
    )
    op.create_index(op.f("ix_process_version_county_id_key_version"), "process_version", ["county_id", "key", "version"], unique=True)
    op.create_table(
        "profile_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_profile_version_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_version")),
    )
    op.create_index(op.f("ix_profile_version_county_id_version"), "profile_version", ["county_id", "version"], unique=True)
    op.create_table(
        "roster_import",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("columns", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("by", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_roster_import_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    op.create_table(
        "task_share",
        sa.Column("task_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("from_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_share_task_id")),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_task_share")),
    )
    op.create_index("ix_task_share_person", "task_share", ["person_id", "kind"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_appointment_county_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_appointment_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_organisation_id_role"), "appointment", ["organisation_id", "role"], unique=False)
    op.create_index(op.f("ix_appointment_person_id"), "appointment", ["person_id"], unique=False)
    op.create_table(
        "bundle",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("profile_id", ID, nullable=False),
        sa.Column("diagrams", sa.Text(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_bundle_county_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile_version.id"], name=op.f("fk_bundle_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
    )
    op.create_index(op.f("ix_bundle_county_id_digest"), "bundle", ["county_id", "digest"], unique=True)
    op.create_table(
        "class_roll",
        sa.Column("class_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["organisation.id"], name=op.f("fk_class_roll_class_id")),
        sa.PrimaryKeyConstraint("class_id", "day", name=op.f("pk_class_roll")),
    )
    op.create_table(
        "school_day",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("school_id", ID, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taught", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_school_day_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_school_day_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_day")),
    )
    op.create_index(op.f("ix_school_day_county_id_school_id"), "school_day", ["county_id", "school_id"], unique=False)
    op.create_table(
        "school_term",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("school_id", ID, nullable=True),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_school_term_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_school_term_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_term")),
    )
    op.create_index(op.f("ix_school_term_county_id_school_id"), "school_term", ["county_id", "school_id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("csrf", sa.String(length=44), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "student",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("gender", sa.String(length=1), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("ethnicity", sa.String(length=20), nullable=True),
        sa.Column("registry_no", sa.String(length=30), nullable=True),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(length=16), nullable=True),
        sa.Column("village_id", ID, nullable=True),
        sa.Column("household_village_id", ID, nullable=True),
        sa.Column("boarding", sa.Boolean(), nullable=False),
        sa.Column("focus_tags", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_student_county_id")),
        sa.ForeignKeyConstraint(["household_village_id"], ["organisation.id"], name=op.f("fk_student_household_village_id")),
        sa.ForeignKeyConstraint(["village_id"], ["organisation.id"], name=op.f("fk_student_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student")),
    )
    op.create_index(op.f("ix_student_county_id_id_number_index"), "student", ["county_id", "id_number_index"], unique=False)
    op.create_index(op.f("ix_student_county_id_name"), "student", ["county_id", "name"], unique=False)
    op.create_index(op.f("ix_student_county_id_registry_no"), "student", ["county_id", "registry_no"], unique=False)
    op.create_index(op.f("ix_student_village_id"), "student", ["village_id"], unique=False)
    op.create_table(
        "task_delegation",
        sa.Column("task_id", ID, nullable=False),
        sa.Column("holder_id", ID, nullable=False),
        sa.Column("helper_id", ID, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["helper_id"], ["person.id"], name=op.f("fk_task_delegation_helper_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_task_delegation_holder_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_delegation_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_task_delegation")),
    )
    op.create_index(op.f("ix_task_delegation_helper_id"), "task_delegation", ["helper_id"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("student_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_attendance_student_id")),
        sa.PrimaryKeyConstraint("student_id", "day", name=op.f("pk_attendance")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("student_id", ID, nullable=False),
        sa.Column("root_id", ID, nullable=True),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("status_before", sa.String(length=16), nullable=True),
        sa.Column("stage", sa.String(length=14), nullable=False),
        sa.Column("episode_no", sa.Integer(), nullable=False),
        sa.Column("previous_case_id", ID, nullable=True),
        sa.Column("trigger_type", sa.String(length=16), nullable=False),
        sa.Column("ladder", sa.String(length=1), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("absent_since", sa.Date(), nullable=True),
        sa.Column("absent_school_days", sa.Integer(), nullable=False),
        sa.Column("suspected_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("order_served_on", sa.Date(), nullable=True),
        sa.Column("order_comply_by", sa.Date(), nullable=True),
        sa.Column("list", sa.String(length=5), nullable=True),
        sa.Column("white_since", sa.Date(), nullable=True),
        sa.Column("closure_code", sa.String(length=3), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("watch_until", sa.Date(), nullable=True),
        sa.Column("class_id", ID, nullable=True),
        sa.Column("school_id", ID, nullable=True),
        sa.Column("village_id", ID, nullable=True),
        sa.Column("township_id", ID, nullable=True),
        sa.Column("household_township_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_case_file_county_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_case_file_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_index(op.f("ix_case_file_county_id_status_id"), "case_file", ["county_id", "status", "id"], unique=False)
    op.create_index(op.f("ix_case_file_school_id_id"), "case_file", ["school_id", "id"], unique=False)
    op.create_index(op.f("ix_case_file_student_id"), "case_file", ["student_id"], unique=False)
    op.create_index(op.f("ix_case_file_township_id_id"), "case_file", ["township_id", "id"], unique=False)
    op.create_index(
        "uq_case_file_active_student",
        "case_file",
        ["student_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("student_id", ID, nullable=False),
        sa.Column("class_id", ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["organisation.id"], name=op.f("fk_enrolment_class_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_enrolment_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    op.create_index(op.f("ix_enrolment_class_id"), "enrolment", ["class_id"], unique=False)
    op.create_index(op.f("ix_enrolment_student_id_from_on"), "enrolment", ["student_id", "from_on"], unique=False)
    op.create_table(
        "guardian",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("student_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("relation", sa.String(length=12), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("is_legal", sa.Boolean(), nullable=False),
        sa.Column("caretaker", sa.Boolean(), nullable=False),
        sa.Column("at_home", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_guardian_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
    )
    op.create_index(op.f("ix_guardian_student_id"), "guardian", ["student_id"], unique=False)
    op.create_table(
        "instance",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("root_id", ID, nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("student_id", ID, nullable=True),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.Column("bundle_id", ID, nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("next_due", INSTANT, nullable=True),
        sa.Column("undo_task_id", ID, nullable=True),
        sa.Column("undo_state", sa.LargeBinary(), nullable=True),
        sa.Column("undo_facts", sa.Text(), nullable=True),
        sa.Column("undo_revision", sa.Integer(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_instance_bundle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_index(
        "ix_instance_due",
        "instance",
        ["next_due"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_instance_root", "instance", ["root_id"], unique=False)
    op.create_table(
        "leave",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("student_id", ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_leave_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index(op.f("ix_leave_student_id"), "leave", ["student_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("issuer_id", ID, nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("attachment_id", ID, nullable=True),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("issued_by", ID, nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_document_attachment_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_document_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_document_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_case_id"), "document", ["case_id"], unique=False)
    op.create_index("uq_document_number", "document", ["county_id", "issuer_id", "kind", "year", "seq"], unique=True)
    op.create_table(
        "held_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("root_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("values", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["root_id"], ["instance.id"], name=op.f("fk_held_message_root_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_message")),
    )
    op.create_index(op.f("ix_held_message_root_id"), "held_message", ["root_id"], unique=False)
    op.create_table(
        "statutory_clock",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_statutory_clock_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statutory_clock")),
    )
    op.create_index(op.f("ix_statutory_clock_case_id"), "statutory_clock", ["case_id"], unique=False)
    _append_only()


def downgrade() -> None:
    op.drop_index(op.f("ix_statutory_clock_case_id"), table_name="statutory_clock")
    op.drop_table("statutory_clock")
    op.drop_index(op.f("ix_held_message_root_id"), table_name="held_message")
    op.drop_table("held_message")
    op.drop_index("uq_document_number", table_name="document")
    op.drop_index(op.f("ix_document_case_id"), table_name="document")
    op.drop_table("document")
    op.drop_index(op.f("ix_leave_student_id"), table_name="leave")
    op.drop_table("leave")
    op.drop_index("ix_instance_root", table_name="instance")
    op.drop_index(
        "ix_instance_due", table_name="instance", sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'")
    )
    op.drop_table("instance")
    op.drop_index(op.f("ix_guardian_student_id"), table_name="guardian")
    op.drop_table("guardian")
    op.drop_index(op.f("ix_enrolment_student_id_from_on"), table_name="enrolment")
    op.drop_index(op.f("ix_enrolment_class_id"), table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_index(
        "uq_case_file_active_student",
        table_name="case_file",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(op.f("ix_case_file_township_id_id"), table_name="case_file")
    op.drop_index(op.f("ix_case_file_student_id"), table_name="case_file")
    op.drop_index(op.f("ix_case_file_school_id_id"), table_name="case_file")
    op.drop_index(op.f("ix_case_file_county_id_status_id"), table_name="case_file")
    op.drop_table("case_file")
    op.drop_table("attendance")
    op.drop_index(op.f("ix_task_delegation_helper_id"), table_name="task_delegation")
    op.drop_table("task_delegation")
    op.drop_index(op.f("ix_student_village_id"), table_name="student")
    op.drop_index(op.f("ix_student_county_id_registry_no"), table_name="student")
    op.drop_index(op.f("ix_student_county_id_name"), table_name="student")
    op.drop_index(op.f("ix_student_county_id_id_number_index"), table_name="student")
    op.drop_table("student")
    op.drop_index(op.f("ix_sign_in_person_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_school_term_county_id_school_id"), table_name="school_term")
    op.drop_table("school_term")
    op.drop_index(op.f("ix_school_day_county_id_school_id"), table_name="school_day")
    op.drop_table("school_day")
    op.drop_table("class_roll")
    op.drop_index(op.f("ix_bundle_county_id_digest"), table_name="bundle")
    op.drop_table("bundle")
    op.drop_index(op.f("ix_appointment_person_id"), table_name="appointment")
    op.drop_index(op.f("ix_appointment_organisation_id_role"), table_name="appointment")
    op.drop_table("appointment")
    op.drop_index("ix_task_share_person", table_name="task_share")
    op.drop_table("task_share")
    op.drop_table("roster_import")
    op.drop_index(op.f("ix_profile_version_county_id_version"), table_name="profile_version")
    op.drop_table("profile_version")
    op.drop_index(op.f("ix_process_version_county_id_key_version"), table_name="process_version")
    op.drop_table("process_version")
    op.drop_index(op.f("ix_person_county_id"), table_name="person")
    op.drop_table("person")
    op.drop_index(op.f("ix_organisation_county_id_parent_id"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_index(op.f("ix_form_version_county_id_key_version"), table_name="form_version")
    op.drop_table("form_version")
    op.drop_index(op.f("ix_attachment_county_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_index("ix_task_village", table_name="task", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.drop_index(
        "ix_task_unclaimed", table_name="task", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index("ix_task_township", table_name="task", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_task_school", table_name="task", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_task_root", table_name="task")
    op.drop_index(
        "ix_task_household_township", table_name="task", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index("ix_task_county", table_name="task", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_task_completed_by", table_name="task")
    op.drop_index("ix_task_class", table_name="task", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_task_assignee", table_name="task", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_task_alarm", table_name="task", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.drop_table("task")
    op.drop_table("sandbox_clock")
    op.drop_table("answered_request")
    op.drop_index(
        "ix_job_waiting", table_name="job", sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_table("job")
    op.drop_index(op.f("ix_incident_county_id"), table_name="incident")
    op.drop_table("incident")
    op.drop_index("uq_history_subject_seq", table_name="history")
    op.drop_table("history")
    op.drop_table("county")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION history_append_only()")


def _append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_no_{verb.lower()} BEFORE {verb} ON history "
                "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION history_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$"
        )
        op.execute("CREATE TRIGGER history_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON history EXECUTE FUNCTION history_append_only()")
