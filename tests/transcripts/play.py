"""The stage of a transcript: the whole bot between a simulated OCP and a simulated Slack."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import yaml

from bot.clock import ScaledClock
from bot.demo.living_bot import LivingBot
from bot.sandbox.fleet import Fleet, Rhythm, SimulatedCluster, SimulatedTask
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.slack import Message, SimulatedSlack, View
from bot.settings import EVERYTHING, load
from bot.slack.requests import PATH
from tests.end_to_end.town import our_slack, pointed_at
from tests.fakes.listed_journal import ListedJournal
from tests.transcripts.reading import labels, words_of
from tests.transcripts.somebody import Somebody

ALERTS = "alerts"
SPEED = 3
"""The clock of OCP and of the bot's deadlines; Slack's limits stay real."""
EVERY = "1s"
WITHIN = 60.0
FIRST_DAY = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
"""Three in the morning, in the zone of the settings."""

PAY = SimulatedCluster(1000005, "pay", 5)
SHOP = SimulatedCluster(1000006, "shop", 6)
CRM = SimulatedCluster(1000007, "crm", 7)
VAULT = SimulatedCluster(1000008, "vault", 8)
MALLS = (SimulatedCluster(1000009, "mall", 9), SimulatedCluster(1000010, "mall", 10))
"""Two clusters of one name."""
VAULT_STORAGE = "file:///vault/"
TENANTS: Mapping[SimulatedCluster, Sequence[str]] = {
    PAY: [
        "orders",
        "ledger",
        "cards",
        "refunds",
        "fees",
        "rates",
        "limits",
        "fraud",
        "audit",
        "dues",
        "taxes",
        "loans",
        "points",
        "gifts",
    ],
    SHOP: ["cart", "users", "search", "stock"],
    CRM: ["users", "tickets", "mails", "calls"],
    VAULT: ["keys", "seals", "locks", "rings", "safes"],
    MALLS[0]: ["desk"],
    MALLS[1]: ["desk"],
}
ROUTES = [{"channel": f"#{tenant}", "cluster": PAY.name, "tenant": tenant} for tenant in TENANTS[PAY]]
"""Each tenant of ``pay`` has a channel of its own, so that Slack's message a second holds nobody up."""
T = TypeVar("T")


def whole_fleet(start: datetime) -> Fleet:
    """Make clusters whose tasks are all healthy; only those of ``vault`` share their storage."""
    tasks = [
        SimulatedTask(
            cluster,
            VAULT_STORAGE
            if cluster is VAULT
            else f"oss://{cluster.name}-{cluster.id}-{tenant}/log?host=oss.example.com",
            Rhythm(period=3.0, floor=1.0, seed=place),
            tenant=tenant,
            tenant_id=100 + place,
            ob_tenant_id=1000 + place,
        )
        for place, (cluster, tenant) in enumerate(
            (cluster, tenant) for cluster, tenants in TENANTS.items() for tenant in tenants
        )
    ]
    return Fleet(tuple(TENANTS), tasks, start=start)


class Play:
    """A bot that runs, what breaks around it, and what people see of it."""

    def __init__(
        self,
        fleet: Fleet,
        ocp: SimulatedOcp,
        slack: SimulatedSlack,
        living: LivingBot,
        journal: ListedJournal,
    ) -> None:
        self.fleet = fleet
        self.ocp = ocp
        self.slack = slack
        self.living = living
        self.journal = journal
        self._before: list[Message] = []
        self.anna, self.ben, self.mei, self.gus, self.sam = (
            Somebody(name, self) for name in ("anna", "ben", "mei", "gus", "sam")
        )

    # ── what happens

    async def breaks(self, name: str, error: str | None = None) -> Message:
        """Let a task fail; the alert, in the channel that is told of it."""
        cluster, _, tenant = name.partition("/")
        where = tenant if cluster == PAY.name else ALERTS
        self.begin()
        self.fleet.fail(name, self.living.clock.now(), error or f"archive of {name} failed")
        alert = await self.expect_post(f"Log backup has failed: {name}", where=where)
        await self.noted(alert)
        return alert

    async def noted(self, alert: Message) -> None:
        """Wait until the bot has noted where its alert stands: Slack shows it a moment before."""
        running = self.living.running
        assert running is not None
        async with asyncio.timeout(WITHIN):
            while not await running.delivering.store.posts_at(alert.ts):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)

    async def mends(self, name: str, alert: Message) -> Message:
        """Let a task work again; its message, now that it is over."""
        self.begin()
        self.fleet.mend(name, self.living.clock.now())
        return await self.expect_edit(alert, "over, incident")

    async def polled(self, times: int = 2) -> None:
        """Wait until OCP has been read so many times more."""
        await self.ocp.requests.until(len(self.ocp.requests) + times * (len(self.fleet.clusters) + 1))

    async def restarts(self) -> None:
        """Let the bot be stopped, and started again on the same database."""
        await self.living.stop()
        await self.living.start()
        if self.slack.request_url is None:
            await self.slack.until(lambda slack: slack.sockets, timeout=WITHIN)

    # ── what is shown

    def begin(self) -> None:
        """Remember what stands there, so that only what comes next is expected."""
        self._before = self._everything()

    def _everything(self) -> list[Message]:
        public = [message for channel in self.slack.channels for message in channel.everything]
        private = [message for person in self.slack.people for message in self.slack.ephemerals(person.id)]
        return public + private

    def _fresh(self) -> list[Message]:
        return [one for one in self._everything() if one.by_bot and one not in self._before]

    async def until(self, found: Callable[[], T | None], what: str) -> T:
        """Wait for something that Slack shows. Raises AssertionError that tells what it shows instead."""
        try:
            got = await self.slack.until(lambda _: found(), timeout=WITHIN)
        except TimeoutError:
            shown = "\n".join(f"- {_place(one)}: {_brief(one)}" for one in self._fresh())
            dialogs = [
                view.errors or view.title for one in self.slack.people for view in self.slack.modals(one.id)
            ]
            logged = [
                event for event in self.journal.events if event[0] != "info" and "skipped" not in event[1]
            ]
            raise AssertionError(
                f"{what} did not come; what came:\n{shown}\n{dialogs}\n{logged[-5:]}"
            ) from None
        assert got is not None
        return got

    async def expect_new(self, fits: Callable[[Message], bool], words: Sequence[str], what: str) -> Message:
        """Wait for a message, or a new version of one, that fits and has these words."""

        def found() -> Message | None:
            for one in self._fresh():
                if fits(one) and all(word in words_of(one) for word in words):
                    return one
            return None

        return await self.until(found, f"{what} {words}")

    async def expect_post(self, *words: str, where: str = ALERTS) -> Message:
        """Wait for a message in a channel."""
        place = self.slack.channel(where).id
        return await self.expect_new(
            lambda one: (one.channel, one.is_reply, one.ephemeral_to) == (place, False, None), words, "a post"
        )

    async def expect_reply(self, parent: Message, *words: str) -> Message:
        """Wait for a reply in a message's thread."""
        return await self.expect_new(
            lambda one: one.is_reply and one.thread_ts == parent.ts and one.ephemeral_to is None,
            words,
            "a reply",
        )

    async def expect_edit(self, message: Message, *words: str) -> Message:
        """Wait until a message shows something else."""
        return await self.expect_new(
            lambda one: (one.ts, one.ephemeral_to) == (message.ts, message.ephemeral_to) and bool(one.edits),
            words,
            "an edit",
        )

    def replies(self, parent: Message) -> list[str]:
        """Give the words of the bot's replies in a thread, as it stands."""
        thread = self.slack.channel(parent.channel).thread(parent.ts)
        return [words_of(one) for one in thread if one.by_bot and one.is_reply]

    @property
    def last_said(self) -> Message:
        """The last thing that somebody said in the channel of the alerts."""
        return [one for one in self.slack.channel(ALERTS).messages if not one.by_bot][-1]

    def labels(self, shown: Message | View) -> list[str]:
        """Give what stands on everything that can be pressed."""
        return labels(shown)

    def words(self, shown: Message | View) -> str:
        """Give every word that somebody sees."""
        return words_of(shown)

    def number(self, alert: Message) -> int:
        """Give the number of the incident or group that an alert is about."""
        return _number(r"(?:incident|group) (\d+)", alert)

    def silence(self, told: Message) -> int:
        """Give the number of the silence that an answer tells of."""
        return _number(r"Silence (\d+)", told)

    def choices(self, dialog: View, place: str) -> list[str]:
        """Give the values that an input of a dialog offers."""
        block = next(one for one in dialog.blocks if one.get("block_id") == place)
        return [option["value"] for option in block["element"]["options"]]

    def present(self, message: Message) -> Message:
        """Give a message as it stands now."""
        found = self.slack.channel(message.channel).message(message.ts)
        assert found is not None
        return found


def _number(pattern: str, shown: Message) -> int:
    found = re.search(pattern, words_of(shown))
    assert found is not None, words_of(shown)
    return int(found[1])


def _brief(one: Message) -> str:
    words = words_of(one)
    return words if one.is_reply or one.ephemeral_to or one.channel.startswith("D") else words.split("\n")[0]


def _place(one: Message) -> str:
    kind = "private" if one.ephemeral_to else "reply" if one.is_reply else "post"
    return f"{'edited ' if one.edits else ''}{kind} in {one.channel}"


@asynccontextmanager
async def performance(
    file: Mapping[str, Any] | Callable[[SimulatedSlack], Mapping[str, Any]] | None = None,
    *,
    by_http: bool = False,
) -> AsyncIterator[Play]:
    """Run the bot until it has greeted the channel; ``file`` is what its settings file says besides."""
    clock, journal = ScaledClock(FIRST_DAY, SPEED), ListedJournal()
    fleet = whole_fleet(clock.now())
    with TemporaryDirectory(prefix="transcript-") as folder:
        async with SimulatedOcp(fleet, clock) as ocp, our_slack(clock) as slack:
            slack.invite_bot(slack.add_channel(ALERTS))
            for tenant in TENANTS[PAY]:
                slack.invite_bot(slack.add_channel(tenant))
            written = {"routes": ROUTES, **(file(slack) if callable(file) else file or {})}
            path = Path(folder) / "settings.yaml"
            path.write_text(yaml.safe_dump(dict(written)))
            environment = pointed_at(ocp, slack, Path(folder)) | {"BOT_POLL_INTERVAL": EVERY}
            if by_http:
                del environment["SLACK_APP_TOKEN"]
                environment["SLACK_SIGNING_SECRET"] = slack.signing_secret
            living = LivingBot(load(environment, str(path), needs=EVERYTHING).settings, journal, clock)
            await living.start()
            try:
                play = Play(fleet, ocp, slack, living, journal)
                if by_http and living.running is not None:
                    assert await slack.verify_request_url(living.running.url + PATH)
                else:
                    await slack.until(lambda slack: slack.sockets, timeout=WITHIN)
                await play.expect_post("Now watching log backup")
                yield play
            finally:
                await living.stop()
