"""Photos and spoken notes of tickets: no changes, and so apart from the log. The bytes lie in parts, as they came.

They are the hub's own bookkeeping, like readings: what erases their ticket's notes, or the end of the
time for which a contact is kept, takes their bytes; that they were there stays known, so that the
backups lose them, too.
"""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, binary, table_of


class AttachmentRow(SQLModel, table=True):
    """One file of one ticket; `at` is when the hub first heard of it, `whole` when it had all of it."""

    __tablename__ = "attachment"

    ticket: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    community: str
    token: str
    device: str | None
    type: str
    bytes: int = big()
    at: int = big(index=True)
    whole: int | None = big(nullable=True)
    erased: bool = False


class AttachmentPartRow(SQLModel, table=True):
    """The bytes of a file from `start` on."""

    __tablename__ = "attachment_part"

    ticket: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    start: int = big(primary_key=True)
    community: str
    data: bytes = binary()


ATTACHMENT = table_of(AttachmentRow)
PART = table_of(AttachmentPartRow)
