"""What holds for the client whatever stands at the other end: a script behind respx, or a real socket."""

import asyncio
import base64
import logging
import traceback
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.task import Cluster, ClusterId
from bot.errors import (
    AnswerUnreadable,
    LoginRefused,
    NotFound,
    PermissionMissing,
    RedirectRefused,
    RequestRefused,
    SourceBroken,
    SourceBusy,
    SourceError,
    SourceTimeout,
    SourceUnreachable,
)
from bot.operations.ports import Source
from tests.ocp.worlds import HASTY, OCP, PASSWORD, PAY, SHOP, TASKS, USER, World, client_of


async def test_the_client_is_a_source(world: World) -> None:
    async with client_of(world) as client:
        source: Source = client
        assert source.name == "prod"
        assert [(cluster.id, cluster.name, cluster.source) for cluster in await source.clusters()] == [
            (7, "pay", "prod"),
            (8, "shop", "prod"),
        ]


async def test_a_reading_has_every_task_ocps_time_of_it_and_ours(world: World) -> None:
    async with client_of(world) as client:
        reading = await client.log_backup_tasks(PAY)
    assert {task.key.tenant for task in reading.tasks} == {"1000", "1001", "1002"}
    assert {task.key.cluster for task in reading.tasks} == {7}
    assert reading.at == world.clock.now()
    assert reading.received_at == world.clock.now()
    assert (reading.complete, reading.skipped) == (True, 0)
    assert reading.trace_id
    assert world.asked(TASKS) == 1


async def test_an_empty_list_is_a_reading_without_tasks(world: World) -> None:
    world.empty()
    async with client_of(world) as client:
        reading = await client.log_backup_tasks(PAY)
    assert (reading.tasks, reading.complete) == ((), True)


FAILURES: list[tuple[str, Callable[[World], None], type[SourceError], bool, int | None, int, str]] = [
    ("400", lambda w: w.status(400), RequestRefused, False, 400, 1, "refused the request"),
    ("401", lambda w: w.status(401), LoginRefused, False, 401, 1, "refused the login"),
    ("403", lambda w: w.status(403), PermissionMissing, False, 403, 1, "Read-only permission"),
    ("404", lambda w: w.status(404), NotFound, False, 404, 1, "its id is wrong"),
    ("418", lambda w: w.status(418), RequestRefused, False, 418, 1, "refused the request"),
    ("429 for long", lambda w: w.status(429, reset=60), SourceBusy, True, 429, 1, "throttles the bot"),
    ("429 for ever", lambda w: w.status(429, reset=1), SourceBusy, True, 429, 3, "throttles the bot"),
    ("500", lambda w: w.status(500), SourceBroken, True, 500, 3, "failed to answer"),
    ("503", lambda w: w.status(503), SourceBroken, True, 503, 3, "failed to answer"),
    ("html", lambda w: w.html(), AnswerUnreadable, True, 200, 1, "a web page instead of data"),
    ("truncated", lambda w: w.truncated(), AnswerUnreadable, True, 200, 1, "breaks off"),
    ("never ending", lambda w: w.endless(fresh=False), AnswerUnreadable, True, 200, 4, "does not end"),
    ("ever growing", lambda w: w.endless(fresh=True), AnswerUnreadable, True, 200, 20, "does not end"),
    ("silent", lambda w: w.silent(), SourceTimeout, True, None, 3, "did not answer in time"),
    ("broken", lambda w: w.broken(), SourceUnreachable, True, None, 3, "broke before its answer"),
    ("redirect", lambda w: w.redirecting(), RedirectRefused, False, 302, 1, "not followed"),
    ("401 in a 200", lambda w: w.disguised(401), LoginRefused, False, 401, 1, "refused the login"),
    ("500 in a 200", lambda w: w.disguised(500), SourceBroken, True, 500, 3, "failed to answer"),
]
WITHOUT_A_TRACE = {"html", "truncated", "silent", "broken", "redirect"}


@pytest.mark.parametrize(
    ("name", "break_it", "kind", "temporary", "status", "requests", "words"),
    FAILURES,
    ids=[case[0] for case in FAILURES],
)
async def test_each_failure_has_its_class_its_sentence_and_its_number_of_requests(
    world: World,
    name: str,
    break_it: Callable[[World], None],
    kind: type[SourceError],
    temporary: bool,  # noqa: FBT001 - a case of the table
    status: int | None,
    requests: int,
    words: str,
) -> None:
    break_it(world)
    async with client_of(world, most_pages=20, patience=HASTY if name == "silent" else None) as client:
        with pytest.raises(SourceError) as caught:
            await client.log_backup_tasks(PAY)
    error = caught.value
    assert type(error) is kind
    assert error.temporary is temporary
    assert error.http_status == status
    assert words in error.sentence
    assert error.sentence.startswith(("OCP prod ", "The connection to OCP prod "))
    assert bool(error.trace_id) is (name not in WITHOUT_A_TRACE)
    assert world.asked(TASKS) == requests


async def test_what_passes_by_itself_is_tried_again(world: World) -> None:
    world.status(500, times=1)
    world.broken(times=1)
    async with client_of(world) as client:
        assert len((await client.log_backup_tasks(PAY)).tasks) == 3
    assert world.asked(TASKS) == 3


async def test_a_429_is_waited_for_as_long_as_it_asks(world: World) -> None:
    world.status(429, times=1, reset=9)
    before = world.clock.now()
    async with client_of(world) as client:
        assert len((await client.log_backup_tasks(PAY)).tasks) == 3
    assert world.clock.now() - before == timedelta(seconds=9)
    assert world.asked(TASKS) == 2


async def test_while_ocp_asks_for_a_long_wait_nothing_is_sent(world: World) -> None:
    world.status(429, times=1, reset=90)
    async with client_of(world) as client:
        with pytest.raises(SourceBusy) as caught:
            await client.log_backup_tasks(PAY)
        assert caught.value.retry_after == timedelta(seconds=90)
        world.clock.advance(timedelta(seconds=60))
        with pytest.raises(SourceBusy) as caught:
            await client.log_backup_tasks(PAY)
        assert caught.value.retry_after == timedelta(seconds=30)
        assert world.asked() == 1
        world.clock.advance(timedelta(seconds=30))
        assert (await client.log_backup_tasks(PAY)).tasks


async def test_a_refused_login_is_one_request_however_many_want_to_read(world: World) -> None:
    """OCP counts wrong logins and disables the account."""
    world.status(401)
    async with client_of(world) as client:
        reads = [client.log_backup_tasks(cluster) for cluster in (PAY, SHOP) * 10]
        results = await asyncio.gather(*reads, return_exceptions=True)
        assert {type(result) for result in results} == {LoginRefused}
        assert len({str(result) for result in results}) == 1
        world.clock.advance(timedelta(minutes=59))
        with pytest.raises(LoginRefused):
            await client.clusters()
        assert world.asked() == 1
        world.clock.advance(timedelta(minutes=1))
        with pytest.raises(LoginRefused):
            await client.clusters()
        assert world.asked() == 2


async def test_a_refused_login_that_was_mended_works_after_an_hour(world: World) -> None:
    world.status(401, times=1)
    async with client_of(world) as client:
        with pytest.raises(LoginRefused):
            await client.clusters()
        assert client.gate.refused_until == world.clock.now() + timedelta(hours=1)
        world.clock.advance(timedelta(hours=1))
        assert len(await client.clusters()) == 2
        assert client.gate.refused_until is None


async def test_a_new_client_does_not_inherit_the_refusal(world: World) -> None:
    """Settings that changed make a new client."""
    world.status(401, times=1)
    async with client_of(world) as client:
        with pytest.raises(LoginRefused):
            await client.clusters()
    async with client_of(world) as client:
        assert len(await client.clusters()) == 2


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ((), [7, 8]),
        (("shop",), [8]),
        (("SHOP", "pay"), [7, 8]),
        (("7",), [7]),
        (("8", "shop"), [8]),
        (("99", "pay"), [7, 99]),
        (("nosuch", "pay"), [7]),
        ((" pay ", ""), [7]),
    ],
)
async def test_the_settings_narrow_the_list_by_name_or_id(
    world: World, wanted: tuple[str, ...], ids: list[int]
) -> None:
    """An id that is not listed is watched all the same: the list may be narrower than the permission."""
    async with client_of(world, clusters=wanted) as client:
        assert [cluster.id for cluster in await client.clusters()] == ids
        assert [
            name for name in wanted if any(name in text for text in client.unresolved_clusters if name)
        ] == [name for name in wanted if name == "nosuch"]


async def test_settings_that_name_no_cluster_at_all_are_a_sentence(world: World) -> None:
    async with client_of(world, clusters=["nosuch"]) as client:
        with pytest.raises(NotFound, match="OCP prod lists no cluster named nosuch"):
            await client.clusters()


async def test_a_name_that_is_nearly_a_clusters_is_answered_with_that_one(world: World) -> None:
    async with client_of(world, clusters=["payy"]) as client:
        with pytest.raises(NotFound, match=r"named payy\. Did you mean pay\? Check OCP_CLUSTERS"):
            await client.clusters()


@pytest.mark.parametrize("status", [403, 404])
async def test_a_list_that_may_not_be_read_is_done_without_where_ids_are_given(
    world: World, status: int
) -> None:
    world.without("/api/v2/ob/clusters", status)
    async with client_of(world, clusters=["7", "shop"]) as client:
        assert await client.clusters() == (Cluster(OCP, ClusterId(7)),)
        assert "Give its OCP id" in client.unresolved_clusters[0]
        await client.clusters()
        assert world.asked("/api/v2/ob/clusters") == 1
        world.clock.advance(timedelta(hours=1))
        await client.clusters()
        assert world.asked("/api/v2/ob/clusters") == 2


@pytest.mark.parametrize(("status", "kind"), [(403, PermissionMissing), (404, NotFound)])
async def test_a_list_that_may_not_be_read_is_a_failure_where_no_id_is_given(
    world: World, status: int, kind: type[SourceError]
) -> None:
    world.without("/api/v2/ob/clusters", status)
    async with client_of(world, clusters=["pay"]) as client:
        for _ in range(2):
            with pytest.raises(kind, match="OCP_CLUSTERS"):
                await client.clusters()


async def test_a_404_on_a_sibling_is_an_absent_feature_and_not_asked_for_each_poll(world: World) -> None:
    for path in ("/overview", "/backupStrategy", "/api/v2/time", "/api/v2/info", "/api/status"):
        world.without(path, 404)
    async with client_of(world) as client:
        for _ in range(3):
            assert await client.backup_overview(PAY) is None
            assert await client.delay_threshold(PAY) is None
            assert await client.server_time() is None
            assert await client.server_info() is None
            assert await client.server_status() is None
        assert world.asked() == 5
        world.clock.advance(timedelta(hours=1))
        assert await client.server_time() is None
        assert world.asked() == 6


async def test_a_500_on_a_sibling_is_no_absent_feature(world: World) -> None:
    world.without("/overview", 500)
    async with client_of(world) as client:
        for _ in range(2):
            with pytest.raises(SourceBroken):
                await client.backup_overview(PAY)


@pytest.mark.parametrize(
    ("name", "break_it"), [case[:2] for case in FAILURES], ids=[case[0] for case in FAILURES]
)
async def test_no_secret_is_in_any_error_log_or_repr(
    world: World, name: str, break_it: Callable[[World], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    break_it(world)
    async with client_of(world, most_pages=3, patience=HASTY if name == "silent" else None) as client:
        with pytest.raises(SourceError) as caught:
            await client.log_backup_tasks(PAY)
        shown = [
            repr(client),
            repr(vars(caught.value)),
            caplog.text,
            *traceback.format_exception(caught.value),
        ]
    secrets = (PASSWORD, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode())
    assert "OCP prod" in "".join(shown)
    assert not [secret for secret in secrets if secret in "".join(shown)]


async def test_a_read_that_is_cancelled_stops_at_once(world: World) -> None:
    world.silent()
    async with client_of(world) as client:
        reading = asyncio.ensure_future(client.log_backup_tasks(PAY))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
