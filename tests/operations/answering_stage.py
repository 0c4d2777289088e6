"""People who talk to the bot on a stage: what they say, press and fill in, and what comes of it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from itertools import count

from bot.commands import Door
from bot.domain.delay_history import DelayHistory, DelayPoint
from bot.domain.handling import Actor, UserId
from bot.domain.incident import Incident
from bot.domain.permission import Permissions, SilenceLimits, UserGroup
from bot.domain.posts import Channel
from bot.domain.routing import Routing
from bot.domain.task import SourceName, TaskKey
from bot.errors import ChartError, StorageError, UserMistake
from bot.operations.answer_command import Answering
from bot.operations.answering import Answer, Asked, Filled, Mistaken
from bot.operations.describe_fleet import FleetView
from bot.operations.ports import Source
from bot.views.delay_chart import ChartSpec
from bot.views.health_report import BotHealth
from bot.views.links import NO_LINKS
from tests.fakes.listed_messenger import Posted
from tests.fakes.listed_source import PAY, PROD
from tests.operations.operations_stage import ID, Stage, broken, well

ANA, BO, CLEO = "U00ANA", "U00BO", "U00CLEO"
NAMES = {ANA: "Ana", BO: "Bo", CLEO: "Cleo"}


class ListedPeople:
    """A workspace of three."""

    async def person(self, user_id: str) -> Actor:
        if user_id not in NAMES:
            raise UserMistake("This person is no member of this workspace: choose somebody who is.")
        return Actor(UserId(user_id), NAMES[user_id])

    async def named(self, name: str) -> Actor:
        found = [one for one, called in NAMES.items() if called.casefold() == name.casefold()]
        if not found:
            raise UserMistake(f"Nobody here is called “{name}”.")
        return Actor(UserId(found[0]), NAMES[found[0]])


class KeptHistory:
    """Gives back what the watch has read; ``broken`` makes it fail."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.broken = False
        self.made: DelayHistory | None = None
        self.asked: list[tuple[TaskKey, datetime, datetime | None]] = []

    async def delays(self, key: TaskKey, since: datetime, until: datetime | None) -> DelayHistory:
        self.asked.append((key, since, until))
        if self.broken:
            raise StorageError("The disk is full.")
        if self.made is not None:
            return self.made
        points = [
            DelayPoint(reading.received_at, task.behind(reading.at), task.status.reported)
            for reading in self._stage.memory.tables.readings
            for task in reading.tasks
            if task.key == key and reading.received_at >= since
        ]
        return DelayHistory.of(points, since=since, until=until or self._stage.clock.now())


class PlainArtist:
    """Draws nothing, in the right type."""

    def __init__(self) -> None:
        self.drawn: list[ChartSpec] = []
        self.broken = False

    async def draw(self, spec: ChartSpec) -> bytes:
        if self.broken:
            raise ChartError("The chart took too long to draw.")
        self.drawn.append(spec)
        return b"PNG"


class Talk:
    """A stage with people on it. What they do is told and delivered before they get their answer."""

    def __init__(self, stage: Stage | None = None) -> None:
        self.stage = stage or Stage()
        self.people = ListedPeople()
        self.history = KeptHistory(self.stage)
        self.artist = PlainArtist()
        self.permissions = Permissions()
        self.limits = SilenceLimits()
        self.health = BotHealth("1.2.3", self.stage.clock.now())
        self.changed: list[SourceName] = []
        self.sources: dict[SourceName, Source] | None = None
        self.find_channel: Callable[[Channel], Awaitable[Channel]] | None = None
        self._keys = count(1)
        self._view = FleetView([self.stage.state])

    @property
    def answering(self) -> Answering:
        stage = self.stage

        async def health() -> BotHealth:
            return replace(self.health, owed=await stage.store.outbox_depth())

        return Answering(
            fleet=self._view,
            sources={PROD: stage.source} if self.sources is None else self.sources,
            store=stage.store,
            history=self.history,
            artist=self.artist,
            clock=stage.clock,
            zone=lambda: UTC,
            health=health,
            people=self.people,
            permissions=lambda: self.permissions,
            silence_limits=lambda: self.limits,
            routing=lambda: Routing(stage.default, stage.routes),
            links=lambda: NO_LINKS,
            changed=self.changed.append,
            owed=lambda: None,
            new_id=stage.new_id,
            find_channel=self.find_channel,
        )

    def asked(
        self,
        text: str,
        *,
        by: str = ANA,
        thread: str | None = None,
        door: Door = Door.SLASH,
        channel: str = ID,
        groups: frozenset[UserGroup] = frozenset(),
        key: str | None = None,
        name: str | None = None,
        zone: tzinfo | None = None,
    ) -> Asked:
        return Asked(
            text,
            user=by,
            channel=channel,
            door=door,
            thread=thread,
            name=NAMES[by] if name is None else name,
            private=door is not Door.MENTION,
            zone=zone,
            groups=groups,
            key=f"k{next(self._keys)}" if key is None else key,
        )

    async def say(self, text: str, **about: object) -> Answer:
        """Say something, and let the watch tell what came of it."""
        asked = self.asked(text, **about)  # type: ignore[arg-type] # the names are those of asked
        answer = await self.answering.answer(asked)
        await self._tell()
        return answer

    async def mention(self, text: str, post: Posted, **about: object) -> Answer:
        """Say something to the bot in the thread of a message."""
        return await self.say(text, thread=post.ts, door=Door.MENTION, **about)

    async def fill(self, asked: Asked, filled: Filled) -> Answer | Mistaken:
        """Send a dialog."""
        answer = await self.answering.submit(asked, filled)
        await self._tell()
        return answer

    async def _tell(self) -> None:
        while self.changed:
            self.changed.clear()
            await self.stage.tend()
        await self.stage.deliver()

    async def incident(self, number: int = 1) -> Incident:
        return await self.stage.incident(number)

    async def trail(self, number: int = 1) -> list[tuple[str, str | None]]:
        """Give what happened to an incident: the sentences and who did it."""
        found = await self.stage.store.audit((await self.stage.incident(number)).number)
        return [(one.sentence, one.name) for one in found if one.actor is not None]

    def thread(self, post: Posted) -> list[str]:
        """Give the words of the replies in a thread."""
        return [one.message.text for one in self.stage.replies(post)]


async def one_broken(*others: str) -> tuple[Talk, Posted]:
    """Set a stage on which all was well and pay/orders has failed, with its alert."""
    talk = Talk()
    tenants = others or ("ledger", "stock")
    talk.stage.source.rows[PAY] = well("orders", *tenants)
    await talk.stage.poll()
    await break_tenants(talk, "orders", well_are=tenants)
    return talk, talk.stage.parents()[-1]


async def break_tenants(talk: Talk, *tenants: str, well_are: tuple[str, ...] = ()) -> None:
    """Let tenants fail while others are well."""
    stage = talk.stage
    rows = broken(*tenants, since=stage.clock.now())
    calm = well(*well_are)
    stage.source.rows[PAY] = lambda at: [*rows(at), *calm(at)]
    await stage.poll()


async def group_broken(tenants: int = 12) -> tuple[Talk, Posted]:
    """Set a stage on which many tenants on one storage failed at once, with the alert of the group."""
    talk = Talk()
    names = tuple(f"t{number}" for number in range(tenants))
    talk.stage.source.rows[PAY] = well(*names)
    await talk.stage.poll()
    await break_tenants(talk, *names)
    return talk, talk.stage.parents()[-1]


def said(answer: Answer | Mistaken) -> str:
    """Give all that an answer shows, as text."""
    if isinstance(answer, Mistaken):
        return str(answer.errors)
    return answer.message.text + str(answer.message.blocks)


def buttons(answer: Answer) -> list[str]:
    """Give the commands of the buttons of an answer."""
    rows = [block for block in answer.message.blocks if block["type"] == "actions"]
    return [one["value"] for row in rows for one in row["elements"] if "value" in one]
