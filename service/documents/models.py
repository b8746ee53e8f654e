"""Documents of a case: notices the service makes and number, evidence that people add."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Id, Instant


class Document(Base):
    """A notice or a piece of evidence in a case's file."""

    __tablename__ = "document"
    __table_args__ = (Index("uq_document_number", "county_id", "issuer_id", "kind", "year", "seq", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    """D01 … D25, or `evidence`."""
    title: Mapped[str] = mapped_column(String(80))
    issuer_id: Mapped[int | None] = mapped_column(Id)
    year: Mapped[int | None]
    seq: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(40))
    code: Mapped[str | None] = mapped_column(String(20))
    """What the printed page can be checked with; says nothing about the child."""
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    issued_by: Mapped[int | None] = mapped_column(Id)
    served_on: Mapped[date | None]
