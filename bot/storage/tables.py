"""The tables, as the newest migration leaves them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    false,
    text,
)

from bot.storage.kinds import Instant, Span, Words

_Serial = BigInteger().with_variant(Integer, "sqlite")
_OPEN = text("lifecycle <> 'resolved'")
_OWED = text("state = 'owed'")

metadata = MetaData()

incidents = Table(
    "incidents",
    metadata,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("subject_key", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("lifecycle", Words, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("body", Words, nullable=False),
    Column("resolved_at", Instant),
    Index("incidents_by_subject", "subject_key", "number"),
    Index("one_open_incident", "subject_key", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("incidents_open", "source", "number", "revision", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("incidents_resolved", "resolved_at"),
    sqlite_autoincrement=True,
)
"""``body`` is the whole incident as JSON; the other columns repeat what is searched for."""

numbers = Table(
    "numbers",
    metadata,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("given_to", Words, nullable=False),
    sqlite_autoincrement=True,
)
"""Where incidents and groups get their numbers from, in one row; a number leaves as soon as it is given."""

trail = Table(
    "trail",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("incident", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("what", Words, nullable=False),
    Column("sentence", Words, nullable=False),
    Column("actor", Words),
    Column("name", Words),
    Column("problem", Words),
    Column("severity", Integer),
    Column("delay", Span),
    Index("trail_by_incident", "incident", "id"),
    sqlite_autoincrement=True,
)
"""``incident`` is the number of an incident or a group."""

groups = Table(
    "incident_groups",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Words, nullable=False),
    Column("lifecycle", Words, nullable=False),
    Column("resolved_at", Instant),
    Column("revision", BigInteger, nullable=False),
    Column("body", Words, nullable=False),
    Index("groups_open", "number", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("groups_resolved", "resolved_at"),
)

silences = Table(
    "silences",
    metadata,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("maintenance", Words),
    Column("starts_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("revision", BigInteger, nullable=False),
    Column("body", Words, nullable=False),
    Index("silences_once", "maintenance", "starts_at", unique=True),
    Index("silences_ended", "ended_at"),
    sqlite_autoincrement=True,
)
"""``maintenance`` is the window of the settings that it is an occurrence of, if it is one."""

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("channel", Words, nullable=False),
    Column("selector", Words, nullable=False),
    Column("body", Words, nullable=False),
    Index("subscriptions_once", "channel", "selector", unique=True),
    sqlite_autoincrement=True,
)

posts = Table(
    "posts",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("key", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("ts", Words),
    Column("body", Words, nullable=False),
    Column("spoken_of", LargeBinary),
    Column("posted_at", Instant),
    Column("edited_at", Instant),
    Index("posts_by_place", "key", "channel", unique=True),
    Index("posts_by_ts", "ts"),
    sqlite_autoincrement=True,
)
"""Parent messages. ``body`` is the post as JSON, but for its members, which are rows, and its ``ts``.

``spoken_of`` is a digest of the members in their order: whoever keeps the same again writes none of them.
"""

members = Table(
    "post_members",
    metadata,
    Column("post", BigInteger, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("incident", BigInteger, nullable=False),
    Index("post_members_by_incident", "incident", "post"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("position", _Serial, primary_key=True, autoincrement=True),
    Column("id", Words, nullable=False, unique=True),
    Column("message", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("body", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("outcome_unknown", Boolean, nullable=False),
    Column("next_attempt_at", Instant),
    Column("owner", Words),
    Column("leased_until", Instant),
    Column("last_error", Words),
    Column("settled_at", Instant),
    Column("refused", Boolean, nullable=False, server_default=false()),
    Index(
        "outbox_waiting",
        "message",
        "channel",
        "action",
        "position",
        sqlite_where=_OWED,
        postgresql_where=_OWED,
    ),
    Index(
        "outbox_turn",
        "urgency",
        "position",
        "action",
        "next_attempt_at",
        "leased_until",
        "message",
        "channel",
        sqlite_where=_OWED,
        postgresql_where=_OWED,
    ),
    Index("outbox_refused", "channel", sqlite_where=text("refused = 1"), postgresql_where=text("refused")),
    Index("outbox_by_message", "message", "channel"),
    Index("outbox_settled", "settled_at"),
    sqlite_autoincrement=True,
)
"""``state``: owed, delivered, superseded, given up. ``urgency``: smaller goes first.

``refused`` is whether Slack refused it for good at the last attempt.
"""

leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("owner", Words),
    Column("held_until", Instant),
    Column("token", BigInteger, nullable=False),
)
"""Who does what of several replicas; ``token`` grows whenever it is another."""

payloads = Table(
    "payloads",
    metadata,
    Column("key", Words, primary_key=True),
    Column("at", Instant, nullable=False),
    Index("payloads_by_age", "at"),
)
"""What Slack sent and was acted on."""

oldest_version = Table(
    "oldest_version",
    metadata,
    Column("version", Words, primary_key=True),
)
"""One row: the oldest version of these tables whose program may use them as they are now."""

facts = Table(
    "facts",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

clusters = Table(
    "clusters",
    metadata,
    Column("source", Words, primary_key=True),
    Column("cluster", BigInteger, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("body", Words, nullable=False),
)

shapes = Table(
    "shapes",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("source", Words, nullable=False),
    Column("cluster", BigInteger, nullable=False),
    Column("body", Words, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Index("shapes_by_cluster", "source", "cluster"),
    sqlite_autoincrement=True,
)
"""What rarely changes about a task (its names, path, mode): once for each that was seen, by digest.

``seen_at`` is the day of the last reading that had it, so that what no reading has any more can go.
"""

tasks = Table(
    "tasks",
    metadata,
    Column("key", Words, primary_key=True),
    Column("source", Words, nullable=False),
    Column("cluster", BigInteger, nullable=False),
    Column("shape", BigInteger, ForeignKey("shapes.id"), nullable=False),
    Column("status", Words, nullable=False),
    Column("error", Words),
    Column("checkpoint", Instant),
    Column("delay", Span),
    Column("modified_at", Instant),
    Column("other", Words),
    Column("listed_at", Instant, nullable=False),
    Column("absent_polls", Integer, nullable=False),
    Column("memory", LargeBinary),
    Index("tasks_by_cluster", "source", "cluster"),
    Index("tasks_by_shape", "shape"),
)
"""``other`` is JSON: the fields that OCP sent and the document does not know."""

polls = Table(
    "polls",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("source", Words, nullable=False),
    Column("cluster", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("polls_by_cluster", "source", "cluster", "id"),
    sqlite_autoincrement=True,
)
"""The newest readings, one row each, until a block takes them in."""

blocks = Table(
    "blocks",
    metadata,
    Column("source", Words, primary_key=True),
    Column("cluster", BigInteger, primary_key=True, autoincrement=False),
    Column("last_poll", BigInteger, primary_key=True, autoincrement=False),
    Column("last_at", Instant, nullable=False),
    Column("last_received_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("blocks_by_age", "last_received_at"),
)
"""Many readings of one cluster, packed together."""
