"""An outage of the database is told once, after a while, where everything else is told by default."""

from datetime import UTC, timedelta

from bot.domain.notification import Channel
from bot.errors import SlackError, SlackPermanent, SlackTemporary, StorageError
from bot.operations.tell_outage import NOTICE, SAID_WITHIN, TELL_AFTER, DatabaseTrouble, OutageNotice
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.listed_messenger import ListedMessenger
from tests.fakes.manual_clock import ManualClock
from tests.operations.operations_stage import ALERTS, ID

FULL = StorageError("The disk that holds the database is full.")
AWAY = StorageError("PostgreSQL cannot be reached.")
POLLS, LEASES = "ocp", "leases"


class Outage:
    """A database that may refuse, and the channel in which that is told."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.trouble = DatabaseTrouble()
        self.messenger = ListedMessenger()
        self.journal = ListedJournal()
        self.channel: Channel | None = ALERTS
        self.notice = self.started()

    def started(self) -> OutageNotice:
        return OutageNotice(
            self.trouble,
            self.messenger,
            self.journal,
            channel=lambda: self.channel,
            ids={},
            zone=lambda: UTC,
            replicas=lambda: 1,
            place="/data/bot.sqlite3 on bot-1",
        )

    def refuse(self, who: str = POLLS, error: StorageError = FULL) -> None:
        self.trouble.note(who, error, self.clock.now())

    async def look(self, after: timedelta = timedelta(0)) -> bool:
        self.clock.advance(after)
        return await self.notice.look(self.clock.now())

    @property
    def said(self) -> list[str]:
        return [one.message.text for one in self.messenger.channels.get(ID, ())]


async def test_nothing_is_said_of_what_passes_soon() -> None:
    outage = Outage()
    assert not await outage.look()
    outage.refuse()
    assert not await outage.look(TELL_AFTER / 2)
    outage.trouble.is_well(POLLS)
    assert not await outage.look(TELL_AFTER)
    assert outage.said == []


async def test_an_outage_is_said_once_however_long_it_lasts() -> None:
    outage = Outage()
    outage.refuse()
    assert await outage.look(TELL_AFTER)
    for _ in range(5):
        outage.refuse()
        assert not await outage.look(timedelta(hours=1))
    assert len(outage.said) == 1
    assert "The disk that holds the database is full." in outage.said[0]


async def test_the_next_outage_is_said_again_unless_one_was_just_told_of() -> None:
    """A disk that is full now and then is not told of every few minutes, nor after a restart."""
    outage = Outage()
    outage.refuse()
    assert await outage.look(TELL_AFTER)
    outage.trouble.is_well(POLLS)
    outage.notice = outage.started()
    outage.refuse()
    assert not await outage.look(TELL_AFTER)
    assert not await outage.look(TELL_AFTER)
    assert outage.messenger.looked_since[-1] == outage.clock.now() - TELL_AFTER - SAID_WITHIN
    assert outage.messenger.calls.count("find") == 2, "found once is enough"
    outage.trouble.is_well(POLLS)
    outage.messenger.delete(ID, outage.messenger.channels[ID][0].ts)
    outage.refuse()
    assert await outage.look(TELL_AFTER)
    assert len(outage.said) == 1


async def test_a_notice_that_slack_does_not_take_is_tried_again() -> None:
    outage = Outage()
    outage.messenger.failing = lambda method, _: (
        SlackTemporary("Slack does not answer.", code="unreachable") if method == "post" else None
    )
    outage.refuse()
    assert not await outage.look(TELL_AFTER)
    assert outage.journal.names("warning") == ["outage not told"]
    outage.messenger.failing = lambda *_: None
    assert await outage.look()
    assert [one.id for one in outage.messenger.channels[ID]] == [NOTICE]


async def test_without_the_right_to_look_it_is_said_all_the_same() -> None:
    def refusing(method: str, _: Channel) -> SlackError | None:
        return SlackPermanent("No scope.", code="missing_scope") if method == "find" else None

    outage = Outage()
    outage.messenger.failing = refusing
    outage.refuse()
    assert await outage.look(TELL_AFTER)


async def test_without_a_default_channel_it_stays_with_health_and_the_log() -> None:
    outage = Outage()
    outage.channel = None
    outage.refuse()
    assert not await outage.look(TELL_AFTER)
    assert outage.messenger.calls == []


def test_trouble_lasts_until_the_last_who_was_refused_can_write_again() -> None:
    """A lease is small and may still fit on a disk that has no room for a poll."""
    outage = Outage()
    trouble, began = outage.trouble, outage.clock.now()
    outage.refuse(POLLS)
    outage.clock.advance(TELL_AFTER)
    outage.refuse(LEASES, AWAY)
    trouble.is_well(LEASES)
    assert (trouble.sentence, trouble.since) == (FULL.sentence, began)
    assert (trouble.last, trouble.last_at) == (AWAY.sentence, outage.clock.now())
    trouble.is_well(POLLS)
    assert (trouble.sentence, trouble.since) == (None, None)
    assert trouble.last == AWAY.sentence
