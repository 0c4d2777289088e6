"""The simulated OCP throttles by windows, as ocp.md says: on by default, 10 s, 1 min, 1 h and 1 day."""

from datetime import timedelta

import httpx
import pytest

from bot.sandbox.ocp import DEFAULT_WINDOWS, Throttle, Window
from tests.sandbox_ocp.asking_ocp import running_ocp

TIME = "/api/v2/time"
SPANS = [timedelta(seconds=10), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)]


def _limits(answer: httpx.Response) -> tuple[str, str, str]:
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    return tuple(answer.headers[name] for name in names)  # type: ignore[return-value] # three names, three values


async def test_it_is_on_by_default_with_the_four_windows() -> None:
    assert [window.span for window in DEFAULT_WINDOWS] == SPANS
    async with running_ocp() as (_, client, _):
        limit, remaining, reset = _limits(await client.get(TIME))
        assert int(remaining) == int(limit) - 1
        assert reset == "10"


@pytest.mark.parametrize("span", SPANS, ids=str)
async def test_each_window_refuses_what_is_over_its_limit_until_it_ends(span: timedelta) -> None:
    async with running_ocp(throttle=Throttle([Window(span, 2)])) as (ocp, client, clock):
        assert _limits(await client.get(TIME)) == ("2", "1", str(int(span.total_seconds())))
        assert _limits(await client.get(TIME)) == ("2", "0", str(int(span.total_seconds())))
        clock.advance(span - timedelta(seconds=3))
        over = await client.get(TIME)
        assert (over.status_code, over.json()["status"]) == (429, 429)
        assert _limits(over) == ("2", "0", "3")
        assert "Retry-After" not in over.headers
        clock.advance(timedelta(seconds=3))
        assert (await client.get(TIME)).status_code == 200
        assert ocp.throttle.refused == 1


async def test_a_refused_request_does_not_count() -> None:
    async with running_ocp(throttle=Throttle([Window(SPANS[0], 1), Window(SPANS[1], 2)])) as (
        _,
        client,
        clock,
    ):
        assert [(await client.get(TIME)).status_code for _ in range(4)] == [200, 429, 429, 429]
        clock.advance(SPANS[0])
        assert (await client.get(TIME)).status_code == 200


async def test_it_may_say_retry_after_instead_of_the_reset() -> None:
    throttle = Throttle([Window(SPANS[0], 1)], says_reset=False, says_retry_after=True)
    async with running_ocp(throttle=throttle) as (_, client, _):
        await client.get(TIME)
        over = await client.get(TIME)
        assert over.headers["Retry-After"] == "10"
        assert "RateLimit-Reset" not in over.headers


async def test_windows_can_be_taken_away_while_it_runs() -> None:
    async with running_ocp(throttle=Throttle([Window(SPANS[0], 1)])) as (ocp, client, _):
        await client.get(TIME)
        ocp.throttle.windows = ()
        free = await client.get(TIME)
        assert free.status_code == 200
        assert "RateLimit-Limit" not in free.headers
