import asyncio
from datetime import timedelta

import pytest

from bot.errors import LoginRefused, SourceBroken, SourceTimeout, SourceUnreachable
from bot.ocp.login import LoginGate
from tests.fakes.manual_clock import START, ManualClock


class Server:
    """Requests that are answered when a test says so; ``sent`` counts what went over the wire."""

    def __init__(self, gate: LoginGate) -> None:
        self.gate = gate
        self.sent = 0
        self.answers: list[asyncio.Future[str]] = []

    async def _send(self) -> str:
        self.sent += 1
        answer = asyncio.get_running_loop().create_future()
        self.answers.append(answer)
        text: str = await answer
        self.gate.accepted()
        return text

    def ask(self, count: int) -> list[asyncio.Task[str]]:
        return [asyncio.ensure_future(self.gate.run(self._send)) for _ in range(count)]

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


async def test_one_request_tries_the_login_before_the_others_follow_side_by_side() -> None:
    server = Server(LoginGate(ManualClock(), concurrency=3))
    requests = server.ask(6)
    await server.settle()
    assert server.sent == 1
    server.answers[0].set_result("ok")
    await server.settle()
    assert server.sent == 4
    for answer in server.answers[1:]:
        answer.set_result("ok")
    await server.settle()
    for answer in server.answers[4:]:
        answer.set_result("ok")
    assert await asyncio.gather(*requests) == ["ok"] * 6


async def test_a_refused_login_is_one_wrong_login_whoever_waits() -> None:
    clock = ManualClock()
    server = Server(LoginGate(clock, concurrency=3))
    requests = server.ask(6)
    await server.settle()
    server.answers[0].set_exception(LoginRefused("no", trace_id="t1", http_status=401))
    results = await asyncio.gather(*requests, return_exceptions=True)
    assert server.sent == 1
    for result in results:
        assert isinstance(result, LoginRefused)
        assert (result.sentence, result.trace_id, result.http_status) == ("no", "t1", 401)
    assert server.gate.refused_until == START + timedelta(hours=1)


async def test_a_login_that_changes_in_the_midst_costs_what_is_on_its_way_and_no_more() -> None:
    server = Server(LoginGate(ManualClock(), concurrency=4))
    server.gate.accepted()
    requests = server.ask(9)
    await server.settle()
    for answer in server.answers:
        answer.set_exception(LoginRefused("no"))
    results = await asyncio.gather(*requests, return_exceptions=True)
    assert server.sent == 4
    assert [type(result) for result in results] == [LoginRefused] * 9


async def test_a_refused_login_is_left_alone_for_an_hour_and_then_tried_by_one() -> None:
    clock = ManualClock()
    server = Server(LoginGate(clock, concurrency=3))
    server.gate.refused(LoginRefused("no"))
    clock.advance(timedelta(minutes=59, seconds=59))
    with pytest.raises(LoginRefused):
        await server.gate.run(server._send)
    assert server.sent == 0
    clock.advance(timedelta(seconds=1))
    assert server.gate.refused_until is None
    requests = server.ask(4)
    await server.settle()
    assert server.sent == 1
    server.answers[0].set_exception(LoginRefused("still no"))
    await asyncio.gather(*requests, return_exceptions=True)
    assert server.sent == 1
    assert server.gate.refused_until == START + timedelta(hours=2)


async def test_after_an_idle_moment_one_request_goes_ahead_again() -> None:
    """A password may have changed meanwhile: OCP would count every one of a volley."""
    clock = ManualClock()
    server = Server(LoginGate(clock, concurrency=3))
    server.gate.accepted()
    clock.advance(timedelta(seconds=0.15))
    requests = server.ask(3)
    await server.settle()
    assert server.sent == 1
    server.answers[0].set_result("ok")
    await server.settle()
    assert server.sent == 3
    for answer in server.answers[1:]:
        answer.set_result("ok")
    await asyncio.gather(*requests)


async def test_those_who_waited_share_an_outage_and_do_not_wait_it_out_one_by_one() -> None:
    server = Server(LoginGate(ManualClock(), concurrency=3))
    requests = server.ask(5)
    await server.settle()
    server.answers[0].set_exception(SourceTimeout("nobody"))
    results = await asyncio.gather(*requests, return_exceptions=True)
    assert server.sent == 1
    assert [type(result) for result in results] == [SourceTimeout] * 5


async def test_an_outage_in_the_midst_makes_one_go_ahead_and_those_in_line_wait() -> None:
    server = Server(LoginGate(ManualClock(), concurrency=1))
    server.gate.accepted()
    requests = server.ask(3)
    await server.settle()
    assert server.sent == 1
    server.answers[0].set_exception(SourceUnreachable("gone"))
    await server.settle()
    assert server.sent == 2
    server.answers[1].set_result("ok")
    await server.settle()
    server.answers[2].set_result("ok")
    results = await asyncio.gather(*requests, return_exceptions=True)
    assert isinstance(results[0], SourceUnreachable)
    assert results[1:] == ["ok", "ok"]


async def test_a_server_error_proves_nothing_about_the_login() -> None:
    server = Server(LoginGate(ManualClock(), concurrency=3))
    requests = server.ask(2)
    await server.settle()
    server.answers[0].set_exception(SourceBroken("500"))
    await server.settle()
    assert server.sent == 2
    server.answers[1].set_result("ok")
    results = await asyncio.gather(*requests, return_exceptions=True)
    assert isinstance(results[0], SourceBroken)
    assert results[1] == "ok"


async def test_a_cancelled_request_lets_the_next_one_go_ahead() -> None:
    server = Server(LoginGate(ManualClock(), concurrency=3))
    first, second = server.ask(2)
    await server.settle()
    first.cancel()
    await server.settle()
    assert server.sent == 2
    server.answers[1].set_result("ok")
    assert await second == "ok"


async def test_a_clock_that_was_set_back_does_not_keep_a_login_shut_for_ever() -> None:
    clock = ManualClock()
    gate = LoginGate(clock, concurrency=1)
    gate.refused(LoginRefused("no"))
    clock.advance(-timedelta(days=1))
    assert gate.refused_until is None
