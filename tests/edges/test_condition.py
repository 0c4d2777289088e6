"""What is told of the bot itself: which part cannot do its job, and how an incident is counted."""

from dataclasses import replace
from pathlib import Path
from typing import cast

from bot import __version__
from bot.condition import Running, count_owed, health, kind_of, parts
from bot.domain.handling import Actor, Handling, UserId
from bot.domain.measures import IncidentKind
from bot.domain.notification import Channel
from bot.domain.problem import Problem, Severity
from bot.errors import SlackTemporary, SourceUnreachable, StorageError
from bot.operations.heartbeat import Heartbeat
from bot.operations.hold_leases import HOUSE, REPLICA, SHARED, Leases
from bot.operations.send_message import Trouble
from bot.operations.tell_outage import DatabaseTrouble
from bot.slack.connection import SocketConnections
from bot.watches import Watch
from tests.fakes.listed_source import PAY, PROD
from tests.operations.operations_stage import Stage, broken, well

FULL = StorageError("The disk is full.")
LEASE = Watch.lease_of(PROD)


class Connections:
    """Slack's sockets as far as anybody looks at them."""

    def __init__(self, alive: int = 2, trouble: str | None = None) -> None:
        self.alive = alive
        self.trouble = trouble
        self.alive_since = ()


class House:
    """A bot with one source, on a stage."""

    def __init__(self, *, file: Path | None = None) -> None:
        self.stage = stage = Stage()
        stage.source.rows[PAY] = well("orders")
        leases = Leases(stage.store, stage.clock, stage.journal, "us")
        self.watch = Watch(stage.state, stage.watching, leases, DatabaseTrouble())
        self.now = Running(
            states=(stage.state,),
            watches=(self.watch,),
            delivering=stage.delivering,
            leases=leases,
            heart=Heartbeat((stage.state,), lambda _: True, stage.store, None, stage.clock, stage.journal),
            started_at=stage.clock.now(),
            connections=cast("SocketConnections", Connections()),
            storage=self.watch.trouble,
            database="SQLite",
            file=file,
        )

    async def polled(self, times: int = 1) -> "House":
        for _ in range(times):
            await self.now.leases.renew([HOUSE, LEASE, f"{REPLICA}us"])
            await self.stage.poll()
        return self

    def unready(self) -> dict[str, str]:
        return {name: why for name, (good, why) in parts(self.now).items() if not good}


async def test_a_bot_that_reads_and_is_heard_is_ready() -> None:
    house = await House().polled()
    assert parts(house.now) == {
        "source prod": (True, "read"),
        "slack": (True, "2 connections"),
        "database": (True, "in use"),
    }


async def test_each_part_that_cannot_do_its_job_says_why() -> None:
    house = House()
    await house.now.leases.renew([LEASE])
    house.now.connections = cast("SocketConnections", Connections(0))
    assert house.unready() == {"source prod": "not read yet", "slack": "not connected yet"}
    house.now.connections = cast("SocketConnections", Connections(0, "Slack refused the app token."))
    house.stage.source.listing = SourceUnreachable("It is not there.")
    await house.polled()
    house.watch.trouble.note("prod", FULL, house.stage.clock.now())
    house.now.delivering.troubles[Channel("alerts")] = Trouble("Invite the bot.", house.stage.clock.now())
    found = house.unready()
    assert found["slack"] == "Slack refused the app token."
    assert found["database"] == FULL.sentence
    assert found["channel alerts"] == "Invite the bot."
    assert "It is not there." in found["source prod"]


async def test_what_an_earlier_run_left_is_enough_until_a_reading_fails() -> None:
    """A restart makes nobody wait for OCP: what is known is restored, and the first reading is at hand."""
    house = await House().polled()
    await house.stage.restart()
    house.watch.state = house.stage.state
    assert house.unready() == {}
    house.stage.state.last_read_at = None
    assert parts(house.now)["source prod"] == (True, "known from an earlier run")
    house.stage.source.listing = SourceUnreachable("It is not there.")
    await house.polled()
    await house.now.leases.renew([LEASE])
    assert "It is not there." in house.unready()["source prod"]


async def test_a_source_that_another_replica_watches_is_no_trouble_here() -> None:
    house = await House().polled()
    house.stage.clock.advance(SHARED.length)
    assert house.unready() == {}
    house.stage.memory.broken = "The disk is full."
    await house.now.leases.renew([LEASE])
    assert house.unready() == {"source prod": "not watched as long as the database refuses"}


async def test_without_sockets_readiness_does_not_speak_of_slack() -> None:
    house = await House().polled()
    house.now.connections = None
    assert "slack" not in parts(house.now)
    told = await health(house.now)
    assert (told.door, told.connected, told.connected_since) == ("HTTP", None, None)


async def test_health_tells_all_that_is_known(tmp_path: Path) -> None:
    file = tmp_path / "bot.sqlite3"
    file.write_bytes(b"x" * 1000)
    (tmp_path / "bot.sqlite3-wal").write_bytes(b"x" * 24)
    house = await House(file=file).polled()
    told = await health(house.now)
    assert (told.version, told.started_at) == (__version__, house.now.started_at)
    assert (told.door, told.connected, told.leads) == ("Socket Mode", True, None)
    assert (told.owed, told.owed_since, list(told.troubles)) == (0, None, [])
    assert (told.database, told.database_bytes) == ("SQLite", 1024)
    assert told.disk_free_bytes is not None
    assert told.disk_free_bytes > 0


async def test_health_tells_what_waits_who_leads_and_what_failed() -> None:
    house = House(file=Path("/nowhere/at/all.sqlite3"))
    house.stage.messenger.failing = lambda *_: SlackTemporary("No.", code="unreachable")
    await house.polled()
    now = house.now
    now.leases.replicas = 3
    now.settings_told, now.settings_refused = "The settings were not taken.", True
    house.watch.trouble.note("prod", FULL, house.stage.clock.now())
    now.heart.trouble = "The heartbeat was not accepted."
    now.delivering.troubles[Channel("alerts")] = Trouble("Invite the bot.", house.stage.clock.now())
    now.connections = cast("SocketConnections", Connections(1, "One connection is missing."))
    told = await health(now)
    assert (told.owed, told.owed_since) == (1, house.stage.clock.now())
    assert told.leads
    assert (told.last_error, told.last_error_at) == (FULL.sentence, house.stage.clock.now())
    assert (told.database_bytes, told.disk_free_bytes) == (None, None)
    assert list(told.troubles) == [
        "Channel alerts does not take messages: Invite the bot.",
        "One connection is missing.",
        FULL.sentence,
        "The heartbeat was not accepted.",
        "The settings were not taken.",
    ]


async def test_a_database_that_cannot_be_asked_is_said_once() -> None:
    house = await House().polled()
    house.stage.memory.broken = FULL.sentence
    assert list((await health(house.now)).troubles) == [FULL.sentence]
    house.watch.trouble.note("prod", FULL, house.stage.clock.now())
    assert list((await health(house.now)).troubles) == [FULL.sentence]


async def test_what_is_still_owed_is_counted_in_the_end_where_the_database_says_it() -> None:
    house = House()
    house.stage.messenger.failing = lambda *_: SlackTemporary("No.", code="unreachable")
    await house.polled()
    await count_owed(house.now)
    assert house.now.still_owed == 1
    silent = House()
    silent.stage.memory.broken = FULL.sentence
    await count_owed(silent.now)
    assert silent.now.still_owed is None


async def test_incidents_are_counted_by_who_has_them_and_what_mutes_them() -> None:
    house = await House().polled()
    house.stage.source.rows[PAY] = broken("orders", since=house.stage.clock.now())
    await house.polled(2)
    (incident,) = house.stage.state.desk.incidents.values()
    assert kind_of(house.now, incident) == IncidentKind(Problem.FAILED, Severity.CRITICAL)
    taken = Handling().acknowledge(Actor(UserId("U1"), "ana"), house.stage.clock.now())
    assert kind_of(house.now, replace(incident, handling=taken)).acknowledged
