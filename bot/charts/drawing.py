"""One chart as a PNG: matplotlib's objects alone, so that nothing is kept between two charts."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from itertools import zip_longest

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from bot.charts.lettering import drawable, fitted, font, width
from bot.charts.placing import ROWS, place_words
from bot.domain.delay_history import Stretch
from bot.views.delay_chart import ChartSpec, LevelKind

WIDTH, HEIGHT = 1200, 675
"""Pixels. A phone shows it about 360 wide: what is to be read there is 3.3 times as large here."""
_DPI = 72
"""At so many dots an inch a point is a pixel."""
_TITLE, _TEXT = 52.0, 46.0
_MARGIN, _LEFT, _RIGHT = 28, 118, 64
_TOP, _ROW, _BOTTOM = 140, 56, 132
"""Below the heading, each row of words above the chart, and what the axis of time takes."""
_BACKGROUND, _INK, _FAINT, _GRID = "#20252c", "#f2f4f7", "#b4bdc8", "#3a424d"
"""Light ink on dark slate stands on Slack's white as on its black, and dazzles on neither."""
_LINE = "#6cc0f5"
_STYLES: dict[LevelKind, tuple[str, tuple[float, tuple[float, float]] | str]] = {
    LevelKind.NORMAL: ("#b4bdc8", (0.0, (1.0, 2.5))),
    LevelKind.WARNING: ("#f2b134", (0.0, (5.0, 2.5))),
    LevelKind.CRITICAL: ("#ff8577", "-"),
}
_SHADES = {"no data": ("#343b45", "#66717f", "/"), "silenced": ("#41365c", "#8a77bd", ".")}
"""Background, pattern's colour and pattern: told apart without colours too."""
_STROKE = [withStroke(linewidth=9, foreground=_BACKGROUND)]


def draw(spec: ChartSpec) -> bytes:
    """Draw a chart."""
    figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor=_BACKGROUND)
    canvas = FigureCanvasAgg(figure)
    words = place_words(
        [(_pixel(spec, moment.at), moment.word) for moment in spec.moments],
        lambda word: width(word, _TEXT),
        WIDTH - _MARGIN,
    )
    first_row = min((word.row for word in words), default=ROWS)
    top = _TOP + _ROW * (ROWS - first_row)
    size = (WIDTH - _LEFT - _RIGHT, HEIGHT - _BOTTOM - top)
    axes = figure.add_axes(
        (_LEFT / WIDTH, _BOTTOM / HEIGHT, size[0] / WIDTH, size[1] / HEIGHT), facecolor=_BACKGROUND
    )
    _frame(axes, spec)
    _shade(axes, spec)
    _draw_delays(axes, spec)
    _draw_levels(axes, spec, size[1])
    _draw_moments(axes, spec)
    for word in words:
        _write(figure, word.text, word.left, top - _ROW * (ROWS - word.row - 0.5))
    _write_heading(figure, spec)
    _write_footing(figure, spec)
    out = BytesIO()
    canvas.print_png(out)  # type: ignore[no-untyped-call]  # as above
    return out.getvalue()


def _pixel(spec: ChartSpec, at: datetime) -> float:
    """Tell where a moment stands, in pixels from the left."""
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * ((at - spec.since) / (spec.until - spec.since))


def _number(at: datetime) -> float:
    return float(date2num(at))  # type: ignore[no-untyped-call]  # matplotlib leaves this one untyped


def _frame(axes: Axes, spec: ChartSpec) -> None:
    """Draw the axes, and what is marked on them."""
    axes.set_xlim(_number(spec.since), _number(spec.until))
    axes.set_ylim(0, spec.scale.top)
    axes.set_xticks([_number(tick.at) for tick in spec.ticks], [tick.label for tick in spec.ticks])
    axes.set_yticks(spec.scale.ticks, [f"{tick:g}" for tick in spec.scale.ticks])
    axes.tick_params(length=0, pad=10, colors=_FAINT)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set(fontproperties=font(), fontsize=_TEXT, color=_FAINT)
    axes.grid(visible=True, axis="y", color=_GRID, linewidth=2)
    axes.set_axisbelow(True)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set(color=_FAINT, linewidth=3)


def _shade(axes: Axes, spec: ChartSpec) -> None:
    """Shade what was silenced and where there is no data."""
    for word, spans in _shaded(spec).items():
        face, edge, pattern = _SHADES[word]
        for span in spans:
            start, end = _number(span.start), _number(span.end)
            box = axes.axvspan(start, end, facecolor=face, linewidth=0, zorder=0.5)
            box.set(hatch=pattern, hatchcolor=edge, hatch_linewidth=4)


def _shaded(spec: ChartSpec) -> dict[str, Sequence[Stretch]]:
    every = {"silenced": spec.silenced, "no data": spec.gaps}
    return {word: spans for word, spans in every.items() if spans}


def _draw_delays(axes: Axes, spec: ChartSpec) -> None:
    for run in spec.runs:
        at = [_number(moment) for moment, _ in run]
        delays = [delay / spec.scale.unit for _, delay in run]
        lonely = len(run) == 1
        axes.plot(at, delays, color=_LINE, linewidth=4, marker="o" if lonely else "", markersize=12, zorder=3)
        axes.fill_between(at, delays, color=_LINE, alpha=0.18, linewidth=0, zorder=2)
    if spec.now is not None:
        moment, delay = spec.runs[-1][-1]
        axes.plot(
            [_number(moment)],
            [delay / spec.scale.unit],
            color=_INK,
            marker="o",
            markersize=18,
            zorder=5,
            clip_on=False,
        )


def _draw_levels(axes: Axes, spec: ChartSpec, height: float) -> None:
    """Draw the limits with their words; a word that would stand in the next one's place goes beside it."""
    after = 0.0
    for level, above in zip_longest(spec.levels, spec.levels[1:]):
        color, dashes = _STYLES[level.kind]
        axes.axhline(level.at / spec.scale.unit, color=color, linestyle=dashes, linewidth=5, zorder=4)
        room = (spec.scale.top if above is None else above.at / spec.scale.unit) - level.at / spec.scale.unit
        is_crowded = above is not None and room / spec.scale.top * height < _TEXT
        if is_crowded and level.kind is LevelKind.NORMAL:
            continue
        label = axes.annotate(
            level.words,
            (0.0, (above if is_crowded and above is not None else level).at / spec.scale.unit),
            xycoords=("axes fraction", "data"),
            xytext=(8 + after, 4),
            textcoords="offset points",
            color=color,
            fontproperties=font(),
            fontsize=_TEXT,
            verticalalignment="bottom",
            path_effects=_STROKE,
            zorder=6,
        )
        label.set_parse_math(False)
        after = width(level.words, _TEXT) + 40 if is_crowded else 0.0


def _draw_moments(axes: Axes, spec: ChartSpec) -> None:
    """Draw a line for each change, behind the delay."""
    for moment in spec.moments:
        axes.axvline(_number(moment.at), color=_INK, linewidth=4, linestyle=(0.0, (2.0, 1.5)), zorder=1.5)


def _write_heading(figure: Figure, spec: ChartSpec) -> None:
    """Write whom it is about, what is counted, the present, and the limits that are out of sight."""
    room = WIDTH - 2 * _MARGIN
    title = fitted(drawable(spec.title, spec.by_ids), room, _TITLE, bold=True)
    _write(figure, title, _MARGIN, 46, size=_TITLE, bold=True)
    _write(figure, spec.measure, _MARGIN, 106, color=_FAINT)
    _write(figure, spec.present, WIDTH - _MARGIN, 106, align="right", bold=True)


def _write_footing(figure: Figure, spec: ChartSpec) -> None:
    """Write which days these are, and what the shades mean."""
    left: float = WIDTH - _MARGIN
    for word in _shaded(spec):
        face, edge, pattern = _SHADES[word]
        left -= width(word, _TEXT)
        _write(figure, word, left, HEIGHT - 36)
        left -= 56
        box = Rectangle((left / WIDTH, 18 / HEIGHT), 44 / WIDTH, 36 / HEIGHT, facecolor=face, edgecolor=edge)
        box.set(hatch=pattern * 2, hatchcolor=edge, hatch_linewidth=4, linewidth=3)
        figure.add_artist(box)
        left -= 30
    room = left - _MARGIN
    dates = next((dates for dates in spec.dates if width(dates, _TEXT) <= room), spec.dates[-1])
    size = min(_TEXT, _TEXT * room / width(dates, _TEXT))
    _write(figure, dates, _MARGIN, HEIGHT - 36, color=_FAINT, size=size)


def _write(
    figure: Figure,
    text: str,
    left: float,
    top: float,
    *,
    size: float = _TEXT,
    color: str = _INK,
    bold: bool = False,
    align: str = "left",
) -> None:
    """Write a line at a place in pixels; ``top`` is its middle."""
    figure.text(
        left / WIDTH,
        1 - top / HEIGHT,
        text,
        color=color,
        fontproperties=font(bold=bold),
        fontsize=size,
        horizontalalignment=align,
        verticalalignment="center_baseline",
        parse_math=False,
    )
