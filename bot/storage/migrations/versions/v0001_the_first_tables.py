"""The first tables."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None

_serial = BigInteger().with_variant(Integer, "sqlite")
_open = text("lifecycle <> 'resolved'")
_owed = text("state = 'owed'")


def upgrade() -> None:
    """Make the tables."""
    _incidents()
    _messages()
    _outbox()
    _tasks()
    _observations()


def _incidents() -> None:
    op.create_table(
        "incidents",
        Column("number", _serial, primary_key=True, autoincrement=True),
        Column("subject_key", String, nullable=False),
        Column("source", String, nullable=False),
        Column("lifecycle", String, nullable=False),
        Column("revision", BigInteger, nullable=False),
        Column("body", String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("incidents_by_subject", "incidents", ["subject_key", "number"])
    op.create_index(
        "one_open_incident",
        "incidents",
        ["subject_key"],
        unique=True,
        sqlite_where=_open,
        postgresql_where=_open,
    )
    op.create_table(
        "audit",
        Column("id", _serial, primary_key=True, autoincrement=True),
        Column("incident", BigInteger, ForeignKey("incidents.number", ondelete="CASCADE"), nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("what", String, nullable=False),
        Column("sentence", String, nullable=False),
        Column("actor", String),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_by_incident", "audit", ["incident"])


def _messages() -> None:
    op.create_table(
        "messages",
        Column("key", String, nullable=False),
        Column("channel", String, nullable=False),
        Column("ts", String),
        PrimaryKeyConstraint("key", "channel"),
    )
    op.create_table(
        "members",
        Column("key", String, nullable=False),
        Column("channel", String, nullable=False),
        Column("position", Integer, nullable=False),
        Column("incident", BigInteger, ForeignKey("incidents.number", ondelete="CASCADE"), nullable=False),
        PrimaryKeyConstraint("key", "channel", "position"),
        ForeignKeyConstraint(["key", "channel"], ["messages.key", "messages.channel"], ondelete="CASCADE"),
    )
    op.create_index("members_by_incident", "members", ["incident"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        Column("position", _serial, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False),
        Column("message", String, nullable=False),
        Column("channel", String, nullable=False),
        Column("action", String, nullable=False),
        Column("urgency", Integer, nullable=False),
        Column("body", String, nullable=False),
        Column("state", String, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("outcome_unknown", Boolean, nullable=False),
        Column("next_attempt_at", BigInteger),
        Column("owner", String),
        Column("leased_until", BigInteger),
        Column("last_error", String),
        Column("settled_at", BigInteger),
        UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "outbox_owed", "outbox", ["message", "channel"], sqlite_where=_owed, postgresql_where=_owed
    )
    op.create_index("outbox_by_message", "outbox", ["message", "channel"])
    op.create_index("outbox_settled", "outbox", ["settled_at"])
    op.create_table(
        "facts",
        Column("name", String, primary_key=True),
        Column("value", String, nullable=False),
    )


def _tasks() -> None:
    op.create_table(
        "clusters",
        Column("source", String, nullable=False),
        Column("cluster", BigInteger, nullable=False),
        Column("position", Integer, nullable=False),
        Column("body", String, nullable=False),
        PrimaryKeyConstraint("source", "cluster"),
    )
    op.create_table(
        "shapes",
        Column("id", _serial, primary_key=True, autoincrement=True),
        Column("digest", LargeBinary, nullable=False),
        Column("source", String, nullable=False),
        Column("cluster", BigInteger, nullable=False),
        Column("body", String, nullable=False),
        Column("seen_at", BigInteger, nullable=False),
        UniqueConstraint("digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("shapes_by_cluster", "shapes", ["source", "cluster"])
    op.create_table(
        "tasks",
        Column("key", String, primary_key=True),
        Column("source", String, nullable=False),
        Column("cluster", BigInteger, nullable=False),
        Column("shape", BigInteger, ForeignKey("shapes.id"), nullable=False),
        Column("status", String, nullable=False),
        Column("error", String),
        Column("checkpoint", BigInteger),
        Column("delay", BigInteger),
        Column("modified_at", BigInteger),
        Column("other", String),
        Column("listed_at", BigInteger, nullable=False),
        Column("absent_polls", Integer, nullable=False),
        Column("memory", LargeBinary),
    )
    op.create_index("tasks_by_cluster", "tasks", ["source", "cluster"])
    op.create_index("tasks_by_shape", "tasks", ["shape"])


def _observations() -> None:
    op.create_table(
        "polls",
        Column("id", _serial, primary_key=True, autoincrement=True),
        Column("source", String, nullable=False),
        Column("cluster", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("received_at", BigInteger, nullable=False),
        Column("body", LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("polls_by_cluster", "polls", ["source", "cluster", "id"])
    op.create_table(
        "blocks",
        Column("source", String, nullable=False),
        Column("cluster", BigInteger, nullable=False),
        Column("last_poll", BigInteger, nullable=False),
        Column("last_at", BigInteger, nullable=False),
        Column("last_received_at", BigInteger, nullable=False),
        Column("body", LargeBinary, nullable=False),
        PrimaryKeyConstraint("source", "cluster", "last_poll"),
    )
    op.create_index("blocks_by_age", "blocks", ["last_received_at"])


def downgrade() -> None:
    """Refuse: an older program is given the copy that was made before the upgrade."""
    raise NotImplementedError("restore the backup that was made before the upgrade")
