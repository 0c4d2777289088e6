"""What one replica alone does, and who is woken when something is owed or changed."""

import asyncio
import weakref
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.clock import SystemClock
from bot.domain.digest_schedule import DigestTime
from bot.domain.notification import Channel
from bot.domain.task import SourceName
from bot.in_force import InForce
from bot.jobs import LEASES, Bells, Jobs, lease_names
from bot.operations.describe_fleet import FleetView
from bot.operations.hold_leases import HOUSE
from bot.operations.keep_delivering import Bell
from bot.settings import load
from bot.storage.database import Database
from tests.edges.test_condition import LEASE, House
from tests.edges.test_renewal import FIRST
from tests.fakes.listed_source import PROD
from tests.operations.answering_stage import Talk

NINE = DigestTime(Channel("alerts"), 9, 0)
FULL = "The disk is full."


class Tidied:
    """What is asked of a database beyond what every store does."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.kept_for: tuple[timedelta, timedelta] | None = None
        self.tidied = 0

    def keep_for(self, retention: timedelta, history: timedelta) -> None:
        self.kept_for = retention, history

    async def tidy(self, _now: object) -> None:
        self.house.stage.memory.refuse_if_told()
        self.tidied += 1


class Worked:
    """The jobs of a bot on a stage."""

    def __init__(self, folder: Path) -> None:
        self.house = house = House()
        stage = house.stage
        file = folder / "settings.yaml"
        file.write_text(FIRST)
        self.in_force = InForce(load({}, str(file)).settings, str(file))
        self.tidied = Tidied(house)
        self.bells = Bells(looks={PROD: Bell()})
        self.jobs = Jobs(
            self.in_force,
            stage.journal,
            stage.clock,
            SystemClock(),
            cast("Database", self.tidied),
            house.now.leases,
            self.bells,
            FleetView(house.now.states),
            stage.new_id,
        )


@pytest.fixture
def worked(tmp_path: Path) -> Worked:
    return Worked(tmp_path)


async def rung(bell: Bell) -> bool:
    """Tell whether a bell was rung, and hear it."""
    began = asyncio.get_running_loop().time()
    await bell.heard(timedelta(seconds=0.2))
    return asyncio.get_running_loop().time() - began < 0.1


async def test_what_is_owed_wakes_both_lanes_and_what_changed_wakes_its_watch(worked: Worked) -> None:
    bells = worked.bells
    bells.owed()
    assert [await rung(lane) for lane in bells.lanes] == [True, True]
    assert not await rung(bells.looks[PROD])
    bells.changed(PROD)
    assert await rung(bells.looks[PROD])
    bells.changed(SourceName("elsewhere"))
    bells.all_changed()
    assert [await rung(bell) for bell in (*bells.lanes, *bells.looks.values())] == [True, True, True]


def test_the_leases_are_those_of_the_house_and_of_each_source(worked: Worked) -> None:
    assert lease_names(worked.house.now.watches) == [HOUSE, LEASE]


async def test_only_who_has_the_house_posts_digests_and_tidies(worked: Worked) -> None:
    talk = Talk(worked.house.stage)
    await worked.jobs.digest(talk.answering, NINE)
    await worked.jobs._tidy()
    assert await worked.house.stage.store.outbox_depth() == 0
    assert worked.tidied.tidied == 0
    await worked.house.now.leases.renew([HOUSE])
    for _ in range(2):
        await worked.jobs.digest(talk.answering, NINE)
    assert await worked.house.stage.store.outbox_depth() == 1, "once a day"
    await worked.jobs._tidy()
    settings = worked.in_force.settings
    assert worked.tidied.tidied == 1
    assert worked.tidied.kept_for == (settings.retention, settings.history_retention)


async def test_what_the_database_refuses_is_logged_and_tried_again_later(worked: Worked) -> None:
    await worked.house.now.leases.renew([HOUSE])
    worked.house.stage.memory.broken = FULL
    await worked.jobs.digest(Talk(worked.house.stage).answering, NINE)
    await worked.jobs._tidy()
    assert worked.house.stage.journal.names("error") == ["digest not posted", "database not tidied"]


async def test_leases_that_cannot_be_renewed_are_trouble_until_they_can(worked: Worked) -> None:
    house = worked.house
    trouble = house.now.storage
    house.stage.memory.broken = FULL

    async def keep() -> None:
        await worked.jobs._keep_leases(house.now, "us")

    async def renewed(broken: str | None) -> str | None:
        house.stage.memory.broken = broken
        task = asyncio.create_task(keep())
        for _ in range(20):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return trouble.sentence

    assert await renewed(FULL) == FULL
    assert await renewed(None) is None
    assert LEASES not in trouble._refused


async def test_the_fleet_is_described_after_a_poll_only_if_somebody_has_asked(worked: Worked) -> None:
    fleet, (watch, *_) = worked.jobs.fleet, worked.house.now.watches
    before = fleet.now()
    await worked.house.now.leases.renew([watch.lease])
    await worked.jobs._poll(watch)
    assert not fleet.is_asked_for, "it was described anew"
    described = weakref.ref(fleet._snapshot) if fleet._snapshot is not None else None
    assert described is not None
    await worked.jobs._poll(watch)
    assert not fleet.is_asked_for
    assert described() is None, "what nobody asks for is not kept"
    assert fleet.now() is not before
