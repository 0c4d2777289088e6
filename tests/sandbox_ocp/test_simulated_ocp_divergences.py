"""Every row of ocp.md's table of differences can be produced, for a server or for one cluster of it."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.sandbox.fleet import large_fleet
from bot.sandbox.ocp import (
    NEWER,
    Delay,
    Dialect,
    Integers,
    Offset,
    PageCount,
    PageSize,
    RowOrder,
    TimeStyle,
)
from tests.fakes.manual_clock import START
from tests.sandbox_ocp.asking_ocp import CLUSTERS, CRM_LIST, PAY_LIST, running_ocp


async def _data(client: httpx.AsyncClient, path: str = PAY_LIST, page: int = 1, size: int = 10) -> Any:
    answer = await client.get(path, params={"page": page, "size": size})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_a_delay_has_four_decimals_or_none() -> None:
    async with running_ocp() as (ocp, client, _):
        fraction = (await _data(client))["contents"][0]["delay"]
        ocp.dialect = Dialect(delay=Delay.WHOLE)
        whole = (await _data(client))["contents"][0]["delay"]
        assert isinstance(fraction, float)
        assert re.fullmatch(r"\d+\.\d{1,4}", str(fraction))
        assert (type(whole), whole) == (int, int(fraction))


@pytest.mark.parametrize(
    ("style", "names"),
    [
        (PageCount.TOTAL_PAGES, {"totalPages"}),
        (PageCount.TOTAL_PAGE, {"totalPage"}),
        (PageCount.BOTH, {"totalPages", "totalPage"}),
        (PageCount.NEITHER, set()),
    ],
    ids=["as in the sample", "as documented", "both", "neither"],
)
async def test_the_number_of_pages_has_either_name(style: PageCount, names: set[str]) -> None:
    async with running_ocp(dialect=Dialect(page_count=style)) as (_, client, _):
        page = (await _data(client, size=2))["page"]
        assert set(page) == {"number", "size", "totalElements"} | names
        assert {page[name] for name in names} <= {3}


async def test_nulls_are_omitted_or_sent() -> None:
    async with running_ocp() as (ocp, client, _):
        (bare,) = (await _data(client, CRM_LIST))["contents"]
        ocp.dialect = Dialect(nulls_omitted=False)
        (full,) = (await _data(client, CRM_LIST))["contents"]
        absent = {"modifyTime", "tenantId", "obTenantId", "tenantName", "errorMsg"}
        assert not absent & set(bare)
        assert {name for name, value in full.items() if value is None} == absent


async def test_an_agent_is_named_where_there_is_one() -> None:
    async with running_ocp() as (ocp, client, _):
        assert (await _data(client, CRM_LIST))["contents"][0]["agentServerIp"] == "10.0.0.9"
        assert "agentServerIp" not in (await _data(client))["contents"][0]
        ocp.dialect = Dialect(agent_server=False)
        assert "agentServerIp" not in (await _data(client, CRM_LIST))["contents"][0]


async def test_newer_versions_say_the_dimension() -> None:
    async with running_ocp(dialect=NEWER) as (ocp, client, _):
        assert (await _data(client))["contents"][0]["backupDimension"] == "TENANT"
        assert (await _data(client, CRM_LIST))["contents"][0]["backupDimension"] == "CLUSTER"
        ocp.dialect = Dialect()
        assert "backupDimension" not in (await _data(client))["contents"][0]


async def test_integers_beyond_double_precision_are_strings() -> None:
    fleet = large_fleet(1, 3, start=START, long_ids=True)
    path = f"/api/v2/ob/clusters/{fleet.clusters[0].id}/backup/task/logBackupTasks"
    async with running_ocp(fleet=fleet) as (ocp, client, _):
        data = await _data(client, path)
        row = data["contents"][0]
        assert row["obTenantId"] == str(2**53 + 1)
        assert isinstance(row["clusterId"], int)
        assert isinstance(data["page"]["totalElements"], int)
        ocp.dialect = Dialect(integers=Integers.NUMBERS)
        assert (await _data(client, path))["contents"][0]["obTenantId"] == 2**53 + 1


async def test_all_integers_can_be_strings() -> None:
    async with running_ocp(dialect=Dialect(integers=Integers.ALL_AS_STRINGS)) as (_, client, _):
        data = await _data(client, size=2)
        assert data["contents"][0]["clusterId"] == "1000005"
        assert data["page"] == {"number": "1", "size": "2", "totalElements": "5", "totalPages": "3"}


_WHEN = datetime(2021, 9, 23, 6, 33, 17, 357999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (TimeStyle(Offset.COMPACT), "2021-09-23T14:33:17.357+0800"),
        (TimeStyle(Offset.COLON), "2021-09-23T14:33:17.357+08:00"),
        (TimeStyle(Offset.ZULU), "2021-09-23T06:33:17.357Z"),
        (TimeStyle(Offset.ZULU, decimals=0), "2021-09-23T06:33:17Z"),
        (TimeStyle(Offset.ZULU, decimals=1), "2021-09-23T06:33:17.3Z"),
        (TimeStyle(Offset.COLON, decimals=6), "2021-09-23T14:33:17.357999+08:00"),
        (TimeStyle(Offset.COMPACT, hours=-5), "2021-09-23T01:33:17.357-0500"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_times_have_every_form(style: TimeStyle, text: str) -> None:
    assert style.write(_WHEN) == text


@pytest.mark.parametrize("offset", Offset)
@pytest.mark.parametrize("decimals", range(7))
async def test_rows_and_envelope_have_forms_of_their_own(offset: Offset, decimals: int) -> None:
    style = TimeStyle(offset, decimals)
    async with running_ocp(dialect=Dialect(task_times=style)) as (_, client, clock):
        body = (await client.get(PAY_LIST, params={"page": 1, "size": 1})).json()
        (row,) = body["data"]["contents"]
        assert body["timestamp"] == TimeStyle(Offset.COLON).write(clock.now())
        ending = {Offset.COMPACT: r"\+0800", Offset.COLON: r"\+08:00", Offset.ZULU: "Z"}[offset]
        digits = rf"\.\d{{{decimals}}}" if decimals else ""
        for name in ("checkpoint", "createTime", "modifyTime"):
            assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d{digits}{ending}", row[name])
        lag = (clock.now() - datetime.fromisoformat(row["checkpoint"])).total_seconds()
        assert row["delay"] == pytest.approx(lag, abs=10**-decimals + 0.00005)


@pytest.mark.parametrize(
    ("style", "said"),
    [(PageSize.ROWS, [10, 5]), (PageSize.ASKED, [10, 10]), (PageSize.LARGEST, [2000, 2000])],
    ids=["the rows there are", "what was asked", "2000"],
)
async def test_the_size_of_a_page_is_not_what_it_seems(style: PageSize, said: list[int]) -> None:
    fleet = large_fleet(1, 15, start=START)
    path = f"/api/v2/ob/clusters/{fleet.clusters[0].id}/backup/task/logBackupTasks"
    async with running_ocp(fleet=fleet, dialect=Dialect(page_size=style)) as (_, client, _):
        pages = [await _data(client, path, page=number) for number in (1, 2)]
        assert [page["page"]["size"] for page in pages] == said
        assert [len(page["contents"]) for page in pages] == [10, 5]


async def test_a_size_over_the_largest_gets_the_largest() -> None:
    """Whoever computed pages with the size that was asked for would stop too early."""
    async with running_ocp(dialect=Dialect(largest_page=2)) as (_, client, _):
        data = await _data(client, size=100)
        assert (len(data["contents"]), data["page"]["totalPages"]) == (2, 3)


async def _walk(client: httpx.AsyncClient, size: int) -> list[str]:
    names: list[str] = []
    number, pages = 1, 1
    while number <= pages:
        data = await _data(client, page=number, size=size)
        names += [row["tenantName"] for row in data["contents"]]
        number, pages = number + 1, data["page"]["totalPages"]
    return names


async def test_a_row_can_move_between_two_reads_and_be_read_twice_while_another_is_missed() -> None:
    async with running_ocp(dialect=Dialect(row_order=RowOrder.MOVING)) as (_, client, _):
        assert await _walk(client, 2) == ["t0", "t1", "t1", "t2", "t2"]


async def test_rows_can_shift_between_two_reads_so_that_some_are_read_twice_and_none_is_missed() -> None:
    async with running_ocp(dialect=Dialect(row_order=RowOrder.SHIFTING)) as (_, client, _):
        assert await _walk(client, 2) == ["t0", "t1", "t1", "t2", "t2", "t3", "t3", "t4"]


async def test_fields_nobody_knows_can_be_there_and_known_ones_missing() -> None:
    dialect = Dialect(extra={"archiveRound": 3, "nested": {"a": [1]}}, left_out=frozenset({"checkpoint"}))
    async with running_ocp(dialect=dialect) as (_, client, _):
        row = (await _data(client))["contents"][0]
        assert (row["archiveRound"], row["nested"]) == (3, {"a": [1]})
        assert "checkpoint" not in row


@pytest.mark.parametrize("word", ["doing", "INPROGRESS", "Normal", "SOMETHING_NEW", ""])
async def test_a_status_can_come_in_any_vocabulary(word: str) -> None:
    async with running_ocp(dialect=Dialect(statuses={"RUNNING": word})) as (_, client, _):
        assert {row["status"] for row in (await _data(client))["contents"]} == {word}


async def test_one_cluster_can_speak_differently_from_its_server() -> None:
    async with running_ocp(dialects={1000007: Dialect(delay=Delay.WHOLE)}) as (_, client, _):
        assert isinstance((await _data(client))["contents"][0]["delay"], float)
        assert isinstance((await _data(client, CRM_LIST))["contents"][0]["delay"], int)
        assert len((await _data(client, CLUSTERS))["contents"]) == 2
