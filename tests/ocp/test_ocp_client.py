import asyncio
import gzip
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from bot.domain.task import Cluster, ClusterId, SourceName
from bot.errors import (
    AnswerUnreadable,
    LoginRefused,
    PermissionMissing,
    SettingsError,
    SourceBroken,
    SourceError,
    SourceTimeout,
    SourceUnreachable,
)
from bot.ocp import connection
from bot.ocp.authentication import AccessKeyAuthentication, BasicAuthentication
from bot.ocp.client import OcpClient
from bot.ocp.outages import outage
from bot.ocp.siblings import BackupOverview
from bot.sandbox.ocp import DOCUMENTED, NEWER, OLDER, Dialect, PageCount, PageSize, RowOrder, Throttle, Window
from tests.fakes.manual_clock import START, ManualClock
from tests.ocp.worlds import (
    OCP,
    PASSWORD,
    PAY,
    TASKS,
    USER,
    ScriptedWorld,
    SocketWorld,
    client_of,
    page,
    refusal,
    row,
)

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "golden" / "ocp" / "document_sample.json"
SECRET_KEY = "2fc0c299cc94c6be266f2ceece765d4d"


def reply(answer: object, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, json=answer, headers=headers)


def paged(*pages: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(200, json=pages[int(request.url.params["page"]) - 1])


async def read(world: ScriptedWorld | SocketWorld, **options: Any) -> Any:
    async with client_of(world, **options) as client:
        return await client.log_backup_tasks(PAY)


# Asking


async def test_the_documents_own_sample_is_read_through_the_client(scripted: ScriptedWorld) -> None:
    scripted.script(TASKS, lambda _: httpx.Response(200, content=SAMPLE.read_bytes()))
    async with client_of(scripted) as client:
        reading = await client.log_backup_tasks(Cluster(OCP, ClusterId(1000005)))
    (task,) = reading.tasks
    assert (task.key.text, task.cluster_name) == ("prod/1000005/*/file:///obbackup/", "yc0820_17")
    assert reading.at == datetime(2021, 9, 23, 6, 34, 35, 149000, tzinfo=UTC)
    assert reading.received_at == START
    assert reading.cluster.name == "yc0820_17"


async def test_polling_asks_for_page_and_size_and_nothing_else(scripted: ScriptedWorld) -> None:
    await read(scripted)
    (request,) = scripted.requests
    assert request.method == "GET"
    assert request.url.raw_path == b"/api/v2/ob/clusters/7/backup/task/logBackupTasks?page=1&size=500"
    assert request.headers["Accept-Encoding"] == "gzip"


async def test_a_period_is_sent_as_start_time_and_end_time(scripted: ScriptedWorld) -> None:
    async with client_of(scripted) as client:
        await client.log_backup_tasks(PAY, start=START - timedelta(hours=2), end=START)
    assert dict(scripted.requests[0].url.params) == {
        "page": "1",
        "size": "500",
        "startTime": "2026-03-04T10:00:00.000+00:00",
        "endTime": "2026-03-04T12:00:00.000+00:00",
    }


async def test_at_most_so_many_requests_are_under_way_at_once(clock: ManualClock) -> None:
    under_way: list[int] = []
    present = 0

    async def slow(_request: httpx.Request) -> httpx.Response:
        nonlocal present
        present += 1
        under_way.append(present)
        for _ in range(10):
            await asyncio.sleep(0)
        present -= 1
        return httpx.Response(200, json=page([row(1)]))

    with respx.mock(using="httpx") as router:
        router.route().mock(side_effect=slow)
        async with client_of(ScriptedWorld(clock), concurrency=3) as client:
            await asyncio.gather(*(client.log_backup_tasks(PAY) for _ in range(12)))
    assert under_way[0] == 1
    assert max(under_way) == 3
    assert len(under_way) == 12


async def test_what_a_person_waits_for_goes_before_all_that_is_only_polled(clock: ManualClock) -> None:
    asked: list[str] = []
    under_way = asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.split("/")[5])
        if len(asked) == 4:
            under_way.set()
        for _ in range(10):
            await asyncio.sleep(0)
        return httpx.Response(200, json=page([row(1)]))

    with respx.mock(using="httpx") as router:
        router.route().mock(side_effect=slow)
        async with client_of(ScriptedWorld(clock), concurrency=2) as client:
            fleet = [Cluster(OCP, ClusterId(number)) for number in range(20)]
            polled = asyncio.gather(*(client.log_backup_tasks(cluster) for cluster in fleet))
            await under_way.wait()
            await client.log_backup_tasks(Cluster(OCP, ClusterId(99)), urgent=True)
            assert 4 <= asked.index("99") <= 6, "after those that were under way or next"
            await polled
    assert len(asked) == 21


@pytest.mark.parametrize("path", ["", "/ocp", "/ocp/"])
async def test_an_address_may_have_a_path_and_never_carries_a_login(
    scripted: ScriptedWorld, path: str
) -> None:
    login = BasicAuthentication(USER, PASSWORD)
    async with OcpClient(OCP, f" http://a:b@ocp.example.com:8080{path} ", login, scripted.clock) as client:
        await client.clusters()
        assert "a:b" not in repr(client)
    url = scripted.requests[0].url
    assert str(url) == f"http://ocp.example.com:8080{path.rstrip('/')}/api/v2/ob/clusters?page=1&size=2000"


@pytest.mark.parametrize(
    "address", ["", "ocp.example.com:8080", "ftp://ocp", "http://", "http://[::1", "http://h:x"]
)
def test_an_address_that_is_none_is_a_mistake_in_the_settings(address: str) -> None:
    with pytest.raises(SettingsError, match="OCP_URL is no address"):
        OcpClient(OCP, address, BasicAuthentication("u", "p"), ManualClock())


# Pages


async def test_pages_are_walked_to_the_last_and_told_as_they_came(scripted: ScriptedWorld) -> None:
    told: list[tuple[str, int, bytes, bool]] = []

    def listen(source: SourceName, cluster: ClusterId, raw: bytes, *, complete: bool) -> None:
        told.append((source, cluster, raw, complete))

    pages = [page([row(number)], number, 3, timestamp=f"2026-03-04T12:00:0{number}Z") for number in (1, 2, 3)]
    scripted.script(TASKS, paged(*pages))
    reading = await read(scripted, on_page=listen)
    assert [task.key.tenant for task in reading.tasks] == ["1", "2", "3"]
    assert reading.at == datetime(2026, 3, 4, 12, 0, 3, tzinfo=UTC)
    assert reading.trace_id == "trace3"
    assert [json.loads(raw) for _, _, raw, _ in told] == pages
    assert [(source, cluster, complete) for source, cluster, _, complete in told] == [
        ("prod", 7, False),
        ("prod", 7, False),
        ("prod", 7, True),
    ]


async def test_a_list_that_lost_a_row_while_it_was_walked_is_told_as_incomplete(
    scripted: ScriptedWorld,
) -> None:
    told: list[bool] = []
    rows = [page([row(1), row(2)], 1, 2), page([row(2), row(4)], 2, 2)]
    for answer in rows:
        answer["data"]["page"]["totalElements"] = 4
    scripted.script(TASKS, paged(*rows))
    reading = await read(scripted, on_page=lambda *_, complete: told.append(complete))
    assert not reading.complete
    assert told == [False, False]


@pytest.mark.parametrize("size", [0, 1, 10, 2000, "many", None])
async def test_a_page_size_that_lies_changes_nothing(scripted: ScriptedWorld, size: object) -> None:
    pages = [page([row(1), row(2)], 1, 2), page([row(3)], 2, 2)]
    for answer in pages:
        answer["data"]["page"]["size"] = size
    scripted.script(TASKS, paged(*pages))
    assert len((await read(scripted)).tasks) == 3
    assert scripted.asked(TASKS) == 2


DIALECTS = {
    "as the sample": Dialect(),
    "to the letter": DOCUMENTED,
    "newer": NEWER,
    "older": OLDER,
    "both page counts": Dialect(page_count=PageCount.BOTH),
    "no page count": Dialect(page_count=PageCount.NEITHER),
    "a size that lies": Dialect(page_size=PageSize.LARGEST),
    "small pages": Dialect(largest_page=1),
}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("size", [1, 2, 500])
async def test_every_dialect_gives_the_same_tasks(
    simulated: SocketWorld, dialect: Dialect, size: int
) -> None:
    simulated.ocp.dialect = dialect
    reading = await read(simulated, page_size=size)
    assert sorted(task.key.text for task in reading.tasks) == [
        f"prod/7/{tenant}/oss://backup/pay/{name}?host=oss.example.com"
        for tenant, name in ((1000, "orders"), (1001, "ledger"), (1002, "audit"))
    ]
    assert {task.status.meaning for task in reading.tasks} == {"running"}
    assert reading.complete


async def test_a_row_that_is_read_twice_because_the_list_shifted_is_listed_once(
    simulated: SocketWorld,
) -> None:
    """The total has grown by a row that was added in front and never read: the list is not whole."""
    simulated.ocp.dialect = Dialect(row_order=RowOrder.SHIFTING)
    reading = await read(simulated, page_size=2)
    assert sorted(task.key.tenant or "" for task in reading.tasks) == ["1000", "1001", "1002"]
    assert not reading.complete


async def test_rows_that_move_between_pages_never_make_a_whole_list_of_a_torn_one(
    simulated: SocketWorld,
) -> None:
    simulated.ocp.dialect = Dialect(row_order=RowOrder.MOVING)
    async with client_of(simulated, page_size=1) as client:
        for _ in range(5):
            reading = await client.log_backup_tasks(PAY)
            assert reading.complete is (len(reading.tasks) == 3)


async def test_a_reading_without_its_time_takes_the_answers_date(scripted: ScriptedWorld) -> None:
    answer = page([row(1)], timestamp="2026-03-04 12:00:00")
    scripted.script(TASKS, reply(answer, Date="Wed, 04 Mar 2026 11:59:58 GMT"))
    assert (await read(scripted)).at == START - timedelta(seconds=2)


async def test_a_reading_without_any_time_is_unreadable(scripted: ScriptedWorld) -> None:
    scripted.script(TASKS, reply(page([row(1)], timestamp=None)))
    with pytest.raises(AnswerUnreadable, match="without its time") as caught:
        await read(scripted)
    assert caught.value.trace_id == "trace1"


async def test_a_walk_that_takes_too_long_as_a_whole_is_given_up(simulated: SocketWorld) -> None:
    simulated.endless(fresh=True)
    impatient = connection.Patience(walk=timedelta(0))
    with pytest.raises(SourceTimeout, match="takes too long to give its list"):
        await read(simulated, patience=impatient)


async def test_a_page_that_breaks_off_in_the_middle_of_a_walk_is_no_reading(scripted: ScriptedWorld) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params["page"] == "2":
            return httpx.Response(200, content=b'{"data": {')
        return httpx.Response(200, json=page([row(1)], 1, 2))

    scripted.script(TASKS, answer)
    with pytest.raises(AnswerUnreadable):
        await read(scripted)


# Signing in


def access_key(clock: ManualClock, secret: str = SECRET_KEY) -> AccessKeyAuthentication:
    return AccessKeyAuthentication("simulated-access-key", secret, clock)


async def test_every_signature_verifies_at_the_other_end(simulated: SocketWorld) -> None:
    async with client_of(simulated, access_key(simulated.clock)) as client:
        await client.clusters()
        await client.log_backup_tasks(PAY, start=START - timedelta(hours=2), end=START)
        await client.backup_overview(PAY)
        await client.server_info()
        await client.server_status()
    assert simulated.asked() == 5
    assert simulated.ocp.wrong_logins == 0
    assert {request.status for request in simulated.ocp.requests} == {200}
    assert {request.login for request in simulated.ocp.requests} == {"OCP-ACCESS-KEY-HMACSHA1"}


async def test_a_wrong_secret_key_is_one_wrong_login(simulated: SocketWorld) -> None:
    async with client_of(simulated, access_key(simulated.clock, "another")) as client:
        with pytest.raises(LoginRefused):
            await client.clusters()
        with pytest.raises(LoginRefused):
            await client.log_backup_tasks(PAY)
    assert simulated.ocp.wrong_logins == 1


async def test_a_wrong_password_is_one_wrong_login(simulated: SocketWorld) -> None:
    async with client_of(simulated, BasicAuthentication(USER, "another")) as client:
        reads = [client.clusters() for _ in range(8)]
        results = await asyncio.gather(*reads, return_exceptions=True)
    assert {type(result) for result in results} == {LoginRefused}
    assert simulated.ocp.wrong_logins == 1
    assert not simulated.ocp.accounts.any_disabled


async def test_a_password_that_changes_while_we_poll_never_locks_the_account(simulated: SocketWorld) -> None:
    """A day of polls of many clusters against a wrong password, with the account's five tries."""
    async with client_of(simulated) as client:
        await client.clusters()
        simulated.ocp.account.password = "another"
        simulated.clock.advance(timedelta(seconds=30))
        for _ in range(120):
            reads = [client.log_backup_tasks(PAY) for _ in range(20)]
            await asyncio.gather(*reads, return_exceptions=True)
            simulated.clock.advance(timedelta(seconds=29))
    assert simulated.ocp.wrong_logins == 1
    assert not simulated.ocp.accounts.any_disabled


@pytest.mark.parametrize("skew", [timedelta(minutes=20), timedelta(days=-3)])
async def test_a_clock_that_differs_from_ocps_is_made_good_by_one_more_request(
    simulated: SocketWorld, skew: timedelta
) -> None:
    """OCP refuses a signature dated 15 minutes off, as if the key were wrong."""
    simulated.ocp.faults.clock_skew = skew
    async with client_of(simulated, access_key(simulated.clock)) as client:
        reading = await client.log_backup_tasks(PAY)
        assert reading.clock_offset == -skew
        assert simulated.asked() == 2
        await client.log_backup_tasks(PAY)
        assert simulated.asked() == 3
    assert simulated.ocp.wrong_logins == 1


async def test_a_wrong_key_and_a_wrong_clock_are_two_requests_and_no_more(simulated: SocketWorld) -> None:
    simulated.ocp.faults.clock_skew = timedelta(hours=1)
    async with client_of(simulated, access_key(simulated.clock, "another")) as client:
        for _ in range(3):
            with pytest.raises(LoginRefused):
                await client.log_backup_tasks(PAY)
    assert simulated.asked() == 2


# What OCP says


async def test_ocps_own_words_are_quoted_short_and_clean(scripted: ScriptedWorld) -> None:
    body = refusal(403)
    body["error"] = {
        "code": 0,
        "message": f"no\n\x1b[31m way\u202e, {PASSWORD}! oss://a:s3cr3t@h/p?access_key=s3cr3t " + "x" * 5000,
    }
    scripted.script("", lambda _: httpx.Response(403, json=body))
    with pytest.raises(PermissionMissing) as caught:
        await read(scripted)
    sentence = caught.value.sentence
    assert 'OCP says: "no [31m way , …! oss://h/p xxx' in sentence
    assert "s3cr3t" not in sentence
    assert PASSWORD not in sentence
    assert len(sentence) < 500
    assert sentence.isprintable()


@pytest.mark.parametrize(
    "body", [b"", b"oops", b"[]", b'{"error": 5}', b'{"error": {"message": {}}, "traceId": []}', b"\xff\xfe"]
)
async def test_a_refusal_without_its_envelope_is_a_refusal_all_the_same(
    scripted: ScriptedWorld, body: bytes
) -> None:
    scripted.script("", lambda _: httpx.Response(500, content=body))
    with pytest.raises(SourceBroken) as caught:
        await read(scripted)
    assert caught.value.trace_id is None
    assert "OCP says" not in caught.value.sentence


@pytest.mark.parametrize("message", ["It is as it is.", ""])
async def test_a_failure_that_does_not_say_why_is_unreadable(scripted: ScriptedWorld, message: str) -> None:
    body = {**page([]), "successful": False, "error": {"message": message}}
    scripted.script("", reply(body))
    with pytest.raises(AnswerUnreadable, match="and not why") as caught:
        await read(scripted)
    assert caught.value.trace_id == "trace1"


async def test_a_throttling_that_came_as_a_success_is_kept_to(scripted: ScriptedWorld) -> None:
    scripted.script("", reply(refusal(429)), times=1)
    assert (await read(scripted)).tasks
    assert scripted.clock.now() - START == timedelta(seconds=10)


async def test_the_limits_that_ocp_tells_are_kept_without_meeting_them(simulated: SocketWorld) -> None:
    simulated.ocp.throttle = Throttle([Window(timedelta(seconds=10), 4)])
    async with client_of(simulated) as client:
        for _ in range(12):
            await client.log_backup_tasks(PAY)
    assert simulated.ocp.throttle.refused == 0
    assert timedelta(seconds=20) <= simulated.clock.now() - START <= timedelta(seconds=35)


async def test_a_name_of_the_source_is_told_unless_it_is_the_default(scripted: ScriptedWorld) -> None:
    scripted.status(500)
    for name, words in (("ocp", "OCP failed"), ("dr site", "OCP dr site failed")):
        async with OcpClient(
            SourceName(name), scripted.url, BasicAuthentication(USER, PASSWORD), scripted.clock
        ) as client:
            with pytest.raises(SourceBroken, match=words):
                await client.clusters()


# Clusters and siblings


async def test_the_list_of_clusters_is_walked_and_its_rows_are_tolerated(scripted: ScriptedWorld) -> None:
    first: list[Any] = [
        {"id": 7, "name": "pay", "obClusterId": "9007199254740993", "obVersion": "4.2.1", "type": "PRIMARY"},
        {"name": "without an id"},
        "no row",
        {"id": "8", "name": 12345, "status": "RUNNING", "tenantCount": 4, "obClusterId": {}},
    ]
    scripted.script(
        "/clusters?", paged(page(first, 1, 2), page([{"id": 9}, {"id": 7, "name": "pay2"}], 2, 2))
    )
    async with client_of(scripted) as client:
        clusters = await client.clusters()
    assert [(cluster.id, cluster.name, cluster.ob_cluster_id) for cluster in clusters] == [
        (7, "pay2", None),
        (8, "12345", None),
        (9, None, None),
    ]
    assert scripted.asked() == 2


async def test_clusters_that_share_a_name_are_all_meant_by_it(scripted: ScriptedWorld) -> None:
    """A primary and its standby may; and a name goes before an id."""
    listed = [{"id": 7, "name": "pay"}, {"id": 8, "name": "7"}, {"id": 9, "name": "Pay"}]
    scripted.script("/clusters?", reply(page(listed)))
    async with client_of(scripted, clusters=["pay"]) as client:
        assert [cluster.id for cluster in await client.clusters()] == [7, 9]
    async with client_of(scripted, clusters=["7"]) as client:
        assert [cluster.id for cluster in await client.clusters()] == [8]


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": {"contents": {}}}, [], {"data": {"page": {"totalElements": 2}}}]
)
async def test_what_is_no_list_of_clusters_is_unreadable(scripted: ScriptedWorld, body: object) -> None:
    scripted.script("/clusters?", reply(body))
    async with client_of(scripted) as client:
        with pytest.raises(AnswerUnreadable) as caught:
            await client.clusters()
    assert caught.value.http_status == 200


async def test_an_omitted_list_of_clusters_is_empty_where_the_total_says_so(scripted: ScriptedWorld) -> None:
    scripted.script("/clusters?", reply({"data": {"page": {"totalElements": 0}}}))
    async with client_of(scripted) as client:
        assert await client.clusters() == ()


async def test_a_list_of_clusters_that_does_not_end_is_unreadable(scripted: ScriptedWorld) -> None:
    scripted.script("/clusters?", lambda _: httpx.Response(200, json=page([{"id": 7}], 1, 99)))
    async with client_of(scripted) as client:
        with pytest.raises(AnswerUnreadable, match="does not end"):
            await client.clusters()
    assert scripted.asked() == 2


async def test_a_list_of_clusters_that_grows_for_ever_is_unreadable(scripted: ScriptedWorld) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        return httpx.Response(200, json=page([{"id": number}], number, number + 1))

    scripted.script("/clusters?", answer)
    async with client_of(scripted, most_pages=5) as client:
        with pytest.raises(AnswerUnreadable, match="does not end"):
            await client.clusters()
    assert scripted.asked() == 5


async def test_the_siblings_are_read_over_a_socket(simulated: SocketWorld) -> None:
    async with client_of(simulated) as client:
        overview = await client.backup_overview(PAY)
        assert overview is not None
        assert overview.schedule == "NORMAL"
        assert overview.delay is not None
        assert overview.checkpoint is not None
        assert await client.delay_threshold(PAY) == timedelta(seconds=300)
        assert await client.server_time() == simulated.clock.now()
        info = await client.server_info()
        assert info is not None
        assert info.version == "4.3.5-20250319"
        assert await client.server_status() == "okay"


@pytest.mark.parametrize(
    ("data", "overview"),
    [
        ({}, BackupOverview()),
        (
            {"logBackupDelaySeconds": "long", "backupScheduleStatus": "PAUSED"},
            BackupOverview(schedule="PAUSED"),
        ),
        ({"logBackupDelaySeconds": "12.5"}, BackupOverview(delay=timedelta(seconds=12.5))),
        (
            {"latestLogBackupCheckpoint": "2026-03-04T20:00:00+0800", "extra": 1},
            BackupOverview(checkpoint=START),
        ),
    ],
)
async def test_an_overview_is_what_of_it_can_be_read(
    scripted: ScriptedWorld, data: object, overview: BackupOverview
) -> None:
    scripted.script("/overview", reply({"data": data}))
    async with client_of(scripted) as client:
        assert await client.backup_overview(PAY) == overview


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        ({"obBackupThresholdConfig": {"logBackupDelaySeconds": 300}}, 300),
        ({"obBackupThresholdConfig": {"logBackupDelaySeconds": "600"}}, 600),
        ({"obBackupThresholdConfig": {"logBackupDelaySeconds": 0}}, None),
        ({"obBackupThresholdConfig": {}}, None),
        ({"obBackupThresholdConfig": None}, None),
        ({"obBackupThresholdConfig": "none"}, None),
        ({}, None),
    ],
)
async def test_ocps_own_threshold_is_read_where_there_is_one(
    scripted: ScriptedWorld, data: object, seconds: int | None
) -> None:
    scripted.script("/backupStrategy", reply({"data": data}))
    async with client_of(scripted) as client:
        threshold = await client.delay_threshold(PAY)
    assert threshold == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "body",
    [
        "2026-03-04T12:00:00Z",
        1772625600000,
        {"data": "2026-03-04T20:00:00.000+0800", "timestamp": "2026-03-04T12:00:09Z"},
        {"data": {"time": "2026-03-04T12:00:00Z"}},
        {"data": True, "timestamp": "2026-03-04T12:00:00Z"},
    ],
)
async def test_ocps_clock_is_read_bare_or_in_an_envelope(scripted: ScriptedWorld, body: object) -> None:
    scripted.script("/api/v2/time", reply(body))
    async with client_of(scripted) as client:
        assert await client.server_time() == START


@pytest.mark.parametrize("body", ["noon", {}, [], {"data": {"data": {"data": "2026-03-04T12:00:00Z"}}}])
async def test_a_clock_that_cannot_be_read_is_none(scripted: ScriptedWorld, body: object) -> None:
    scripted.script("/api/v2/time", reply(body))
    async with client_of(scripted) as client:
        assert await client.server_time() is None


@pytest.mark.parametrize(
    "body", [{"data": {"buildVersion": "4.3.5"}}, {"buildVersion": "4.3.5", "name": "x"}]
)
async def test_a_version_is_read_bare_or_in_an_envelope(scripted: ScriptedWorld, body: object) -> None:
    scripted.script("/api/v2/info", reply(body))
    async with client_of(scripted) as client:
        info = await client.server_info()
    assert info is not None
    assert info.version == "4.3.5"


@pytest.mark.parametrize("path", ["/clusters?", TASKS, "/overview", "/backupStrategy", "/api/v2/info"])
async def test_an_answer_whose_body_alone_has_an_errors_status_is_that_error(
    scripted: ScriptedWorld, path: str
) -> None:
    scripted.script(path, reply({"status": 503, "data": {"contents": []}, "traceId": "t1"}))
    async with client_of(scripted) as client:
        with pytest.raises(SourceBroken, match="HTTP 503") as caught:
            await asked_for(client, path)
    assert caught.value.trace_id == "t1"


async def asked_for(client: OcpClient, path: str) -> object:
    match path:
        case "/clusters?":
            return await client.clusters()
        case "/overview":
            return await client.backup_overview(PAY)
        case "/backupStrategy":
            return await client.delay_threshold(PAY)
        case "/api/v2/time":
            return await client.server_time()
        case "/api/v2/info":
            return await client.server_info()
        case _:
            return await client.log_backup_tasks(PAY)


@pytest.mark.parametrize("path", ["/overview", "/backupStrategy", "/api/v2/time", "/api/v2/info"])
@pytest.mark.parametrize("body", [b"<html>", b"", b'{"data": '])
async def test_a_sibling_that_answers_nonsense_is_unreadable(
    scripted: ScriptedWorld, path: str, body: bytes
) -> None:
    scripted.script(path, lambda _: httpx.Response(200, content=body))
    async with client_of(scripted) as client:
        with pytest.raises(AnswerUnreadable):
            await asked_for(client, path)


# The wire


@asynccontextmanager
async def raw_server(answer: bytes, *, drip: bool = False) -> AsyncIterator[str]:
    """Serve these bytes to everybody; ``drip`` never ends, a byte at a time."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            while drip:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def failure(url: str, **options: Any) -> SourceError:
    async with OcpClient(OCP, url, BasicAuthentication(USER, PASSWORD), ManualClock(), **options) as client:
        with pytest.raises(SourceError) as caught:
            await client.clusters()
    return caught.value


async def test_an_answer_that_drips_for_ever_is_given_up() -> None:
    """No silence in it is long enough for the read timeout."""
    hasty = connection.Patience(whole=timedelta(seconds=0.2), attempts=1)
    async with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", drip=True) as url:
        assert isinstance(await failure(url, patience=hasty), SourceTimeout)


async def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_LARGEST_ANSWER", 1000)
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b" " * 5000
    async with raw_server(body) as url:
        error = await failure(url)
    assert isinstance(error, AnswerUnreadable)
    assert "more data than any list" in error.sentence


async def test_damaged_compression_is_unreadable() -> None:
    body = gzip.compress(b'{"data": {}}')[:-9] + b"damaged!!"
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    async with raw_server(head.encode() + body) as url:
        assert isinstance(await failure(url), AnswerUnreadable)


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"]
)
async def test_what_is_no_http_is_a_broken_connection(answer: bytes) -> None:
    async with raw_server(answer) as url:
        error = await failure(url)
    assert isinstance(error, SourceUnreachable)
    assert "broke before its answer was complete" in error.sentence


async def test_an_address_where_nobody_listens_is_told_as_that() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = await failure(f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert isinstance(error, SourceUnreachable)
    assert "nothing listens at 127.0.0.1:" in error.sentence


def linked(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "the name in ocp:8080 is not known"),
        (ConnectionRefusedError(111, "refused"), "nothing listens at ocp:8080"),
        (ExceptionGroup("all", [OSError("x"), ConnectionRefusedError("y")]), "nothing listens at ocp:8080"),
        (OSError("no route to host"), "cannot be reached at ocp:8080. Check OCP_URL, and the network"),
        (
            ssl.SSLError(1, "handshake failure"),
            "cannot be reached at ocp:8080. Check OCP_URL, and the network",
        ),
    ],
    ids=["name", "refused", "refused on one of several", "route", "tls"],
)
def test_why_there_is_no_connection_is_found_beneath_what_httpx_says(
    cause: BaseException, words: str
) -> None:
    error = httpx.ConnectError("All connection attempts failed")
    linked(error, linked(RuntimeError("between"), cause))
    assert words in outage(OCP, "ocp:8080", error).sentence


def test_failures_that_cause_each_other_in_a_circle_are_not_walked_for_ever() -> None:
    first, second = httpx.ReadError("first"), RuntimeError("second")
    linked(first, linked(second, first))
    assert "broke before its answer was complete" in outage(OCP, "ocp:8080", first).sentence


async def test_a_proxy_of_the_environment_never_sees_a_login(
    simulated: SocketWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert (await read(simulated)).tasks


async def test_a_redirect_is_not_followed(simulated: SocketWorld) -> None:
    async with raw_server(b"HTTP/1.1 500 no\r\n\r\n") as elsewhere:
        simulated.ocp.faults.redirect(elsewhere)
        with pytest.raises(SourceError, match="with a redirect"):
            await read(simulated)
    assert simulated.asked() == 1


# Certificates


@pytest.fixture
async def over_tls(clock: ManualClock) -> AsyncIterator[SocketWorld]:
    """Give the simulated OCP behind a certificate that a private authority signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / "loopback_certificate.pem", HERE / "loopback_key.pem")
    world = SocketWorld(clock, tls=context)
    async with world.ocp:
        yield world


async def test_a_private_authority_is_trusted_where_it_is_named(over_tls: SocketWorld) -> None:
    assert over_tls.url.startswith("https://")
    reading = await read(over_tls, ca_file=HERE / "loopback_certificate.pem")
    assert len(reading.tasks) == 3


async def test_a_certificate_that_is_not_trusted_is_asked_once_and_told(over_tls: SocketWorld) -> None:
    with pytest.raises(SourceUnreachable, match="a certificate that is not trusted") as caught:
        await read(over_tls)
    assert "OCP_CA_FILE" in caught.value.sentence
    assert over_tls.asked() == 0


async def test_https_where_http_is_spoken_is_told(simulated: SocketWorld) -> None:
    error = await failure(simulated.url.replace("http://", "https://"))
    assert "does not speak https at 127.0.0.1:" in error.sentence


@pytest.mark.parametrize("name", ["missing.pem", "test_ocp_client.py"])
def test_an_authority_that_cannot_be_used_is_a_mistake_in_the_settings(name: str) -> None:
    login = BasicAuthentication("u", "p")
    with pytest.raises(SettingsError, match="OCP_CA_FILE cannot be used"):
        OcpClient(OCP, "https://ocp", login, ManualClock(), ca_file=HERE / name)
