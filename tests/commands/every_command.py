"""Every command that there is, for hypothesis, with the names, texts and times that may come."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.commands import (
    THIS_ONE,
    AcceptAsNormal,
    Acknowledge,
    AddNote,
    Assign,
    AssignDialog,
    Command,
    DefaultEnd,
    EndsAt,
    EndSilence,
    EndsWhenResolved,
    ExtendSilence,
    ListIncidents,
    ListSilences,
    ListSubscriptions,
    ListTasks,
    Me,
    Named,
    Nobody,
    NoteDialog,
    Resolve,
    ShowChart,
    ShowDigest,
    ShowHealth,
    ShowHelp,
    ShowHistory,
    ShowIncident,
    ShowStatus,
    ShowTask,
    ShowThisIncident,
    ShowTimeline,
    Silence,
    SilenceDialog,
    SilenceFilter,
    Someone,
    Subscribe,
    Target,
    Unacknowledge,
    Unsubscribe,
    WriteReport,
)
from bot.commands.free_text import free_text
from bot.commands.verbs import VERBS
from bot.domain.incident import IncidentNumber
from bot.domain.naming import Scope
from bot.domain.problem import Problem, Severity
from bot.domain.selection import Order, TaskFilter, Window
from bot.domain.silence import SilenceNumber
from bot.errors import UserMistake

NOW = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)

WORDS = [
    "ask",
    "until",
    "for",
    "from",
    "now",
    "to",
    "me",
    "nobody",
    "no one",
    "this",
    "it",
    "incident",
    "group",
    "last",
    "42",
    "#42",
    "7d",
    "2h",
    "18:00",
    "monday",
    "until resolved",
    "forever",
    "reason:x",
    "text:x",
    "status",
    "ack",
    "pay/orders",
    "*",
    "_pay_",
    "`pay`",
    "@ana",
    "<!channel>",
    "<@U1|ana>",
    "a&amp;b",
    "“pay”",
    "\u202epay",
    "payé",
    "pay∗",
    "支付",
    "😀",
    'a"b\\c',
    "a\nb",
    " pay ",
    "https://pay.example/x?a=b|c",
]
"""Names that are like everything else that can be said."""

NAMES = st.sampled_from(WORDS) | st.text(min_size=1, max_size=30)
SOME_SCOPE = st.builds(
    Scope,
    name=st.none() | NAMES,
    source=st.none() | NAMES,
    cluster=st.none() | NAMES,
    tenant=st.none() | NAMES,
    path=st.none() | NAMES,
)
NARROW_SCOPE = SOME_SCOPE.filter(lambda scope: not scope.is_everything)
NUMBERS = st.integers(1, 9_999_999).map(IncidentNumber)
TARGETS = st.just(THIS_ONE) | NUMBERS.map(Target) | NARROW_SCOPE.map(lambda scope: Target(scope=scope))
PAST = st.integers(1, 2**32).map(lambda milli: NOW - timedelta(microseconds=milli * 1001))
TO_COME = st.integers(1, 2**32).map(lambda milli: NOW + timedelta(microseconds=milli * 1001))
SEVERITIES = st.lists(st.sampled_from(Severity), max_size=2, unique=True).map(tuple)
PROBLEMS = st.lists(st.sampled_from(Problem), max_size=3, unique=True).map(tuple)
WINDOWS = st.one_of(
    PAST.map(Window),
    PAST.map(lambda end: Window(None, end)),
    PAST.map(lambda start: Window(start, start + timedelta(seconds=1))),
)
TASK_FILTERS = st.builds(
    TaskFilter,
    statuses=st.lists(st.sampled_from(["failed", "running", "odd*", "a b"]), max_size=2, unique=True).map(
        tuple
    ),
    severities=SEVERITIES,
    problems=PROBLEMS,
    delay_over=st.none() | st.integers(0, 10**11).map(lambda micro: timedelta(microseconds=micro)),
)


def _kept(text: str) -> str:
    """Give a text as it is kept; empty where it is too long to be."""
    try:
        return free_text(text)
    except UserMistake:
        return ""


TEXTS = (st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)).map(_kept)
PEOPLE = st.one_of(
    st.just(Me()),
    st.just(Nobody()),
    st.from_regex(r"[UW][A-Z0-9]{1,12}", fullmatch=True).map(Someone),
    NAMES.filter(lambda name: bool(name.strip())).map(Named),
)
ENDS = st.one_of(st.just(DefaultEnd()), st.just(EndsWhenResolved()), TO_COME.map(EndsAt))
SILENCE_FILTERS = st.builds(SilenceFilter, PROBLEMS, SEVERITIES)


def _begins_before_its_end(silence: Silence) -> bool:
    return silence.starts is None or not isinstance(silence.ends, EndsAt) or silence.starts < silence.ends.at


READING: st.SearchStrategy[Command] = st.one_of(
    st.builds(ShowStatus, SOME_SCOPE),
    st.builds(
        ListTasks, SOME_SCOPE, TASK_FILTERS, st.none() | WINDOWS, st.sampled_from(Order), st.integers(1, 1000)
    ),
    st.builds(ShowTask, NARROW_SCOPE),
    st.builds(ListIncidents, SOME_SCOPE, SEVERITIES, PROBLEMS, st.none() | PAST, st.integers(1, 9)),
    st.builds(ShowIncident, st.integers(1, 10**6).map(IncidentNumber)),
    st.just(ShowThisIncident()),
    st.builds(ShowChart, TARGETS, st.none(), st.none() | WINDOWS),
    st.builds(ShowChart, TARGETS, st.integers(1, 10**13).map(lambda micro: timedelta(microseconds=micro))),
    st.builds(ShowHistory, TARGETS, st.integers(1, 366)),
    st.builds(ShowTimeline, TARGETS),
    st.builds(WriteReport, TARGETS),
    st.builds(ShowDigest, SOME_SCOPE, st.none() | PAST),
    st.builds(ListSilences, SOME_SCOPE, st.integers(1, 9)),
    st.just(ListSubscriptions()),
    st.just(ShowHealth()),
    st.builds(ShowHelp, st.none() | st.sampled_from([verb.name for verb in VERBS])),
)
DOING: st.SearchStrategy[Command] = st.one_of(
    st.builds(Acknowledge, TARGETS),
    st.builds(Unacknowledge, TARGETS),
    st.builds(Assign, TARGETS, PEOPLE),
    st.builds(AssignDialog, TARGETS),
    st.builds(AddNote, TARGETS, TEXTS.filter(bool)),
    st.builds(NoteDialog, TARGETS),
    st.builds(Resolve, TARGETS),
    st.builds(AcceptAsNormal, TARGETS),
    st.builds(Silence, TARGETS, SILENCE_FILTERS, ENDS, st.none() | TO_COME, TEXTS).filter(
        _begins_before_its_end
    ),
    st.builds(SilenceDialog, TARGETS, SILENCE_FILTERS),
    st.builds(EndSilence, st.integers(1, 9_999_999).map(SilenceNumber)),
    st.builds(ExtendSilence, st.integers(1, 9_999_999).map(SilenceNumber), ENDS),
    st.builds(Subscribe, SOME_SCOPE, SEVERITIES, PROBLEMS),
    NUMBERS.map(Unsubscribe),
    st.builds(Unsubscribe, st.none(), st.none() | NARROW_SCOPE),
)
COMMANDS = READING | DOING
