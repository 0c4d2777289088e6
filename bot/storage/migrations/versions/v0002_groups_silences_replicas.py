"""Groups, silences, subscriptions, leases; posts instead of messages; a trail for groups too."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    column,
    false,
    select,
    table,
    text,
)

revision = "0002"
down_revision = "0001"

_serial = BigInteger().with_variant(Integer, "sqlite")
_open = text("lifecycle <> 'resolved'")
_owed = text("state = 'owed'")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """Make the new tables, and move what the old ones hold."""
    _incidents()
    _numbers()
    _trail()
    _groups()
    _silences()
    _posts()
    _outbox()
    _replicas()


def _incidents() -> None:
    op.add_column("incidents", Column("resolved_at", BigInteger))
    connection = op.get_bind()
    incidents = table(
        "incidents", column("number"), column("lifecycle"), column("body"), column("resolved_at")
    )
    resolved = select(incidents.c.number, incidents.c.body).where(incidents.c.lifecycle == "resolved")
    for number, body in connection.execute(resolved).all():
        moment = _microseconds(json.loads(body))
        connection.execute(incidents.update().where(incidents.c.number == number).values(resolved_at=moment))
    op.create_index(
        "incidents_open",
        "incidents",
        ["source", "number", "revision"],
        sqlite_where=_open,
        postgresql_where=_open,
    )
    op.create_index("incidents_resolved", "incidents", ["resolved_at"])


def _microseconds(incident: dict[str, Any]) -> int:
    """Tell when an incident was resolved; one that does not say so, when it last changed."""
    moment = datetime.fromisoformat(incident.get("resolved_at") or incident["changed_at"])
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _numbers() -> None:
    """Go on counting from the highest number that any incident was ever given."""
    op.create_table(
        "numbers",
        Column("number", _serial, primary_key=True, autoincrement=True),
        Column("given_to", String, nullable=False),
        sqlite_autoincrement=True,
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        last = connection.scalar(
            text("SELECT pg_sequence_last_value(pg_get_serial_sequence('incidents', 'number')::regclass)")
        )
        if last is not None:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence('numbers', 'number'), :last)"), {"last": last}
            )
        return
    last = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'incidents'"))
    if last is not None:
        connection.execute(
            text("INSERT INTO numbers (number, given_to) VALUES (:last, 'incidents')"), {"last": last}
        )
        connection.execute(text("DELETE FROM numbers"))


def _trail() -> None:
    op.create_table(
        "trail",
        Column("id", _serial, primary_key=True, autoincrement=True),
        Column("incident", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("what", String, nullable=False),
        Column("sentence", String, nullable=False),
        Column("actor", String),
        Column("name", String),
        Column("problem", String),
        Column("severity", Integer),
        Column("delay", BigInteger),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO trail (incident, at, what, sentence, actor)"
        " SELECT incident, at, what, sentence, actor FROM audit ORDER BY id"
    )
    op.drop_table("audit")
    op.create_index("trail_by_incident", "trail", ["incident", "id"])


def _groups() -> None:
    op.create_table(
        "incident_groups",
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("source", String, nullable=False),
        Column("lifecycle", String, nullable=False),
        Column("resolved_at", BigInteger),
        Column("revision", BigInteger, nullable=False),
        Column("body", String, nullable=False),
    )
    op.create_index("groups_open", "incident_groups", ["number"], sqlite_where=_open, postgresql_where=_open)
    op.create_index("groups_resolved", "incident_groups", ["resolved_at"])


def _silences() -> None:
    op.create_table(
        "silences",
        Column("number", _serial, primary_key=True, autoincrement=True),
        Column("maintenance", String),
        Column("starts_at", BigInteger, nullable=False),
        Column("ended_at", BigInteger),
        Column("revision", BigInteger, nullable=False),
        Column("body", String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("silences_once", "silences", ["maintenance", "starts_at"], unique=True)
    op.create_index("silences_ended", "silences", ["ended_at"])
    op.create_table(
        "subscriptions",
        Column("number", _serial, primary_key=True, autoincrement=True),
        Column("channel", String, nullable=False),
        Column("selector", String, nullable=False),
        Column("body", String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("subscriptions_once", "subscriptions", ["channel", "selector"], unique=True)


def _posts() -> None:
    """Turn messages into posts; what they have said aloud, and when, was not kept then."""
    op.create_table(
        "posts",
        Column("id", _serial, primary_key=True, autoincrement=True),
        Column("key", String, nullable=False),
        Column("channel", String, nullable=False),
        Column("ts", String),
        Column("body", String, nullable=False),
        Column("spoken_of", LargeBinary),
        Column("posted_at", BigInteger),
        Column("edited_at", BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "post_members",
        Column("post", BigInteger, ForeignKey("posts.id", ondelete="CASCADE"), nullable=False),
        Column("position", Integer, nullable=False),
        Column("incident", BigInteger, nullable=False),
        PrimaryKeyConstraint("post", "position"),
    )
    connection = op.get_bind()
    messages = table("messages", column("key"), column("channel"), column("ts"))
    posts = table("posts", column("key"), column("channel"), column("ts"), column("body"))
    rows = [
        {
            "key": key,
            "channel": channel,
            "ts": ts,
            "body": json.dumps({"key": key, "channel": channel}, separators=(",", ":")),
        }
        for key, channel, ts in connection.execute(select(messages.c.key, messages.c.channel, messages.c.ts))
    ]
    if rows:
        connection.execute(posts.insert(), rows)
    op.create_index("posts_by_place", "posts", ["key", "channel"], unique=True)
    op.execute(
        "INSERT INTO post_members (post, position, incident)"
        " SELECT posts.id, members.position, members.incident FROM members"
        " JOIN posts ON posts.key = members.key AND posts.channel = members.channel"
    )
    op.create_index("posts_by_ts", "posts", ["ts"])
    op.create_index("post_members_by_incident", "post_members", ["incident", "post"])
    op.drop_table("members")
    op.drop_table("messages")


def _outbox() -> None:
    op.add_column("outbox", Column("refused", Boolean, nullable=False, server_default=false()))
    op.drop_index("outbox_owed", "outbox")
    op.create_index(
        "outbox_waiting",
        "outbox",
        ["message", "channel", "action", "position"],
        sqlite_where=_owed,
        postgresql_where=_owed,
    )
    op.create_index(
        "outbox_turn",
        "outbox",
        ["urgency", "position", "action", "next_attempt_at", "leased_until", "message", "channel"],
        sqlite_where=_owed,
        postgresql_where=_owed,
    )
    op.create_index(
        "outbox_refused",
        "outbox",
        ["channel"],
        sqlite_where=text("refused = 1"),
        postgresql_where=text("refused"),
    )


def _replicas() -> None:
    op.create_table(
        "leases",
        Column("name", String, primary_key=True),
        Column("owner", String),
        Column("held_until", BigInteger),
        Column("token", BigInteger, nullable=False),
    )
    op.create_table(
        "payloads",
        Column("key", String, primary_key=True),
        Column("at", BigInteger, nullable=False),
    )
    op.create_index("payloads_by_age", "payloads", ["at"])
    op.create_table("oldest_version", Column("version", String, primary_key=True))
    op.execute("INSERT INTO oldest_version (version) VALUES ('0002')")


def downgrade() -> None:
    """Refuse: an older program is given the copy that was made before the upgrade."""
    raise NotImplementedError("restore the backup that was made before the upgrade")
