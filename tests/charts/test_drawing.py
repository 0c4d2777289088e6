"""A chart as a picture: drawn in a process of its own, legible, and never the end of the bot."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from matplotlib.image import imread

from bot.charts.charts import Charts
from bot.charts.drawing import HEIGHT, WIDTH, draw
from bot.charts.lettering import drawable, fitted, width
from bot.charts.placing import place_words
from bot.charts.worker import draw_within
from bot.domain.delay_history import DelayHistory, DelayLimits, DelayPoint, Stretch
from bot.domain.incident import Change
from bot.errors import ChartError
from bot.views.delay_chart import ChartSpec, delay_chart
from tests.views.handled_samples import LIMITS, a_history
from tests.views.view_samples import NOW, SHANGHAI, minutes

HOSTILE = ("支付集群/订单", "تاجر", "🦄" * 60, "$x^2$ \\frac{", "<!channel>", "x" * 300, "\u202eevil\x00", "")
HOUR = timedelta(hours=1)


def a_spec(history: DelayHistory | None = None, *, title: str = "pay/orders", busy: bool = True) -> ChartSpec:
    spec = delay_chart(
        a_history(1) if history is None else history,
        title=title,
        by_ids="1000005 / 1002",
        now=NOW,
        zone=SHANGHAI,
        limits=LIMITS,
        changes=[(NOW - 12 * HOUR, Change.OPENED), (NOW - 11 * HOUR, Change.WORSENED)] if busy else (),
        silenced=[Stretch(NOW - 11 * HOUR, NOW - 10 * HOUR)] if busy else (),
    )
    assert isinstance(spec, ChartSpec)
    return spec


@pytest.fixture
async def charts() -> AsyncIterator[Charts]:
    drawing = Charts()
    yield drawing
    await drawing.close()


def size(png: bytes) -> tuple[int, int]:
    height, wide = imread(BytesIO(png)).shape[:2]
    return wide, height


async def test_a_chart_is_drawn_in_a_process_of_its_own(charts: Charts) -> None:
    first, second = await asyncio.gather(charts.draw(a_spec()), charts.draw(a_spec(busy=False)))
    assert size(first) == size(second) == (WIDTH, HEIGHT)
    assert first != second


def test_a_chart_brings_its_own_ground_for_light_and_for_dark() -> None:
    """Whoever looks has a light Slack or a dark one, and the picture cannot know which."""
    picture = imread(BytesIO(draw(a_spec())))
    assert (picture[:, :, 3] == 1).all(), "nothing of the page shows through"
    light = (picture[:, :, :3] @ (0.2126, 0.7152, 0.0722)) ** 2.2
    ground, ink = light[0, 0], light.max()
    assert (light[[0, 0, -1, -1], [0, -1, 0, -1]] == ground).all()
    assert (ink + 0.05) / (ground + 0.05) > 7, "as much contrast as small letters need"


async def test_a_process_that_died_is_started_anew(charts: Charts) -> None:
    await charts.draw(a_spec())
    assert charts._pool is not None
    for process in charts._pool._processes.values():
        process.kill()
    await asyncio.sleep(0.2)
    assert size(await charts.draw(a_spec())) == (WIDTH, HEIGHT)


async def test_a_drawing_that_takes_too_long_is_given_up() -> None:
    """The process ends, whatever it is stuck in, and the next chart has a new one."""
    charts = Charts(drawing=timedelta(milliseconds=1))
    with pytest.raises(ChartError, match="too long"):
        await charts.draw(a_spec(a_history(60)))
    await charts.close()


async def test_too_many_charts_at_once_are_refused() -> None:
    charts = Charts(waiting=0)
    with pytest.raises(ChartError, match="Too many"):
        await charts.draw(a_spec())
    await charts.close()


async def test_nothing_is_drawn_once_the_bot_stops() -> None:
    charts = Charts()
    await charts.close()
    with pytest.raises(ChartError, match="being stopped"):
        await charts.draw(a_spec())


async def test_what_cannot_be_drawn_is_a_failure_with_a_sentence(charts: Charts) -> None:
    broken = replace(a_spec(), runs=((("not a moment", minutes(1)),),))  # type: ignore[arg-type]  # what is wrong
    with pytest.raises(ChartError, match="could not be drawn"):
        await charts.draw(broken)
    assert size(await charts.draw(a_spec())) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("title", HOSTILE)
def test_no_name_breaks_a_chart(title: str) -> None:
    """What the font lacks is named by its ids; nothing is taken for mathematics."""
    assert size(draw(a_spec(title=title))) == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(a_history(60), id="two months"),
        pytest.param(a_history(0.01), id="a quarter of an hour"),
        pytest.param(a_history(2, worst=timedelta(days=40)), id="a delay of weeks"),
        pytest.param(
            DelayHistory.of([DelayPoint(NOW, timedelta(0))], since=NOW - HOUR, until=NOW), id="one reading"
        ),
        pytest.param(
            DelayHistory.of(
                [DelayPoint(NOW - timedelta(days=900), minutes(1)), DelayPoint(NOW, minutes(1))],
                since=NOW - timedelta(days=900),
                until=NOW,
            ),
            id="years with nothing between",
        ),
    ],
)
def test_every_history_can_be_drawn(history: DelayHistory) -> None:
    assert size(draw_within(a_spec(history), 60)) == (WIDTH, HEIGHT)


def test_limits_close_to_each_other_have_their_words_beside_each_other() -> None:
    limits = DelayLimits(minutes(10), timedelta(minutes=10, seconds=20), minutes(9))
    spec = delay_chart(a_history(1), title="a", by_ids="1", now=NOW, limits=limits)
    assert isinstance(spec, ChartSpec)
    assert size(draw(spec)) == (WIDTH, HEIGHT)


def test_what_the_font_lacks_is_said_otherwise() -> None:
    assert drawable("pay/orders", "1 / 2") == "pay/orders"
    assert drawable("支付/orders", "1 / 2") == "1 / 2"
    assert drawable("支付/orders") == "□/orders"


def test_a_text_that_is_too_wide_is_cut() -> None:
    assert fitted("orders", 1000, 46) == "orders"
    cut = fitted("orders" * 40, 300, 46, bold=True)
    assert cut.endswith("…")
    assert width(cut, 46, bold=True) <= 300
    assert fitted("orders", 1, 46) == "…"


def test_words_above_a_chart_never_cover_each_other() -> None:
    """Those that stand too close are counted together."""
    placed = place_words([(0, "opened"), (10, "worse"), (20, "better"), (900, "over")], lambda _: 100, 1000)
    assert [word.text for word in placed] == ["opened", "2 changes", "over"]
    rows = {row: [word for word in placed if word.row == row] for row in (0, 1)}
    for words in rows.values():
        assert all(one.left + 100 <= other.left for one, other in pairwise(words))


def test_the_bot_itself_never_imports_what_draws() -> None:
    """It would take half a second and 50 MB of the process that answers."""
    script = "import sys, bot.app, bot.charts.charts; print('matplotlib' in sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - our own words
    assert done.stdout == "False\n"
