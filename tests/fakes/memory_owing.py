"""Puts what is owed into the outbox of a store in memory."""

from dataclasses import replace

from bot.domain.coalescing import Ended, coalesce, meanwhile, meanwhile_message, meanwhile_told, together
from bot.domain.delivery import edit_due
from bot.domain.notification import Action, Channel, MeanwhileContent, Notification, OutboxId
from bot.domain.urgency import urgency
from tests.fakes.memory_tables import Row, Tables


def enqueue(tables: Tables, new: Notification) -> None:
    """Put a notification in, coalesced with what waits."""
    if new.id in tables.outbox:
        return
    place = new.message, new.channel
    rows = sorted((row for row in tables.owed() if row.place == place), key=lambda row: row.position)
    waiting = [row.as_waiting() for row in rows]
    posts = [row for row in tables.outbox.values() if row.place == place and row.action is Action.POST]
    owed = any(row.state == "owed" for row in posts)
    if posts and new.action is not Action.POST and not owed and not tables.stands(place):
        last = max(posts, key=lambda row: row.position)
        if last.state == "given up":
            _add(tables, new)
            tables.outbox[new.id] = replace(tables.outbox[new.id], state="given up")
            return
        if last.state == "superseded":
            waiting = [replace(last.as_waiting(), taken_back=True), *waiting]
    done = coalesce(waiting, new, stands=tables.stands(place))
    for id_, newest in done.replaced:
        _replace(tables, id_, newest)
    for id_ in done.dropped:
        tables.outbox[id_] = replace(tables.outbox[id_], state="superseded")
    if done.added is not None:
        _add(tables, done.added)
    if done.meanwhile is not None:
        _tell_meanwhile(tables, done.meanwhile, new)


def _add(tables: Tables, new: Notification) -> None:
    due = None
    if new.action is Action.EDIT:
        due = edit_due(new, tables.edited_at.get((new.message, new.channel)))
    position = max((row.position for row in tables.outbox.values()), default=0) + 1
    tables.outbox[new.id] = Row(position, new, urgency(new), next_attempt_at=due)


def _replace(tables: Tables, id_: OutboxId, newest: Notification) -> None:
    row = tables.outbox[id_]
    row = replace(row, notification=newest, rank=min(row.rank, urgency(newest)), state="owed")
    if row.action is Action.EDIT:
        due = edit_due(newest, tables.edited_at.get(row.place))
        row = replace(row, attempts=0, next_attempt_at=due, owner=None, outcome_unknown=False)
    tables.outbox[id_] = row


def _tell_meanwhile(tables: Tables, ended: Ended, last: Notification) -> None:
    known = _line(tables, last.channel)
    if known is None:
        fact = f"meanwhile/{last.channel}"
        number = int(tables.facts.get(fact, "0")) + 1
        tables.facts[fact] = str(number)
        _add(tables, meanwhile_told(meanwhile(None, ended), last, number))
        return
    newest = replace(known.notification, content=meanwhile(_told_by(known), ended))
    _replace(tables, newest.id, newest)


def join_lines(tables: Tables, older: Row) -> bool:
    """Let the line that waits tell too what one that does not stand would have told; False: none waits."""
    newer = _line(tables, older.notification.channel)
    if newer is None:
        return False
    both = together(_told_by(older), _told_by(newer))
    _replace(tables, newer.notification.id, replace(newer.notification, content=both))
    return True


def _line(tables: Tables, channel: Channel) -> Row | None:
    """Give the line of a channel that waits and was surely not sent yet."""
    number = int(tables.facts.get(f"meanwhile/{channel}", "0"))
    place = meanwhile_message(channel, number), channel
    known = next((row for row in tables.owed() if row.place == place), None)
    return None if known is None or known.as_waiting().may_stand else known


def _told_by(row: Row) -> MeanwhileContent:
    content = row.notification.content
    assert isinstance(content, MeanwhileContent)
    return content
