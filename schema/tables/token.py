"""Bearer tokens: only their SHA-256 is kept, with last use."""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, table_of


class TokenRow(SQLModel, table=True):
    __tablename__ = "token"

    id: str = Field(primary_key=True)
    hash: str = Field(unique=True)
    role: str
    device: str | None = Field(index=True)
    community: str | None
    unit: str | None
    member: str | None
    name: str
    created_at: int = big()
    last_used_at: int | None = big(nullable=True)
    revoked_at: int | None = big(nullable=True)
    expires_at: int | None = big(nullable=True)


TOKEN = table_of(TokenRow)
