"""What tasks that broke together have in common, and how many of them are how: in words."""

from collections.abc import Sequence
from typing import assert_never

from bot.domain.grouping import Cause, Group, Trait
from bot.domain.notification import Counts
from bot.domain.problem import Problem
from bot.views.trouble import short_problem
from bot.views.wording import clean, count, ocp_name

_LABEL = 60
_ON_PURPOSE = frozenset({Problem.PAUSED, Problem.MISSING})


def plural(problem: Problem, number: int) -> str:  # noqa: PLR0911 - one case for each problem
    """Say what is wrong with several, as the end of a sentence; plain text."""
    are, have = ("is", "has") if number == 1 else ("are", "have")
    match problem:
        case Problem.FAILED:
            return f"{have} failed"
        case Problem.STALLED:
            return f"{have} stopped moving"
        case Problem.GROWING:
            return f"{are} falling behind"
        case Problem.LAGGING:
            return f"{are} behind"
        case Problem.STUCK:
            return f"{are} stuck while starting or stopping"
        case Problem.MISSING:
            return f"{are} no longer listed"
        case Problem.PAUSED:
            return f"{are} paused"
        case Problem.UNREACHABLE:
            return "gets no answer" if number == 1 else "get no answer"
    assert_never(problem)


def sharing(trait: Trait) -> str:
    """Say what tasks share, after the word tasks: ``that write to file:///obbackup``; plain text."""
    label = clean(trait.label, _LABEL)
    match trait.cause:
        case Cause.DESTINATION:
            return f" that write to {label}"
        case Cause.AGENT:
            return f" of agent server {label}"
        case Cause.ERROR:
            return " with the same error"
        case Cause.CLUSTER:
            return f" of cluster {label}"
        case Cause.SOURCE:
            return f" of {ocp_name(trait.source)}"
        case Cause.COINCIDENCE:
            return ""
    assert_never(trait.cause)


def broken(group: Group, counts: Counts) -> str:
    """Say how many of how many are how: ``12 of 12 tasks of cluster pay have failed``; plain text."""
    noun = "cluster" if group.problem is Problem.UNREACHABLE else "task"
    kinds = [problem for problem, _ in counts.problems]
    state = plural(group.problem, counts.open)
    if len(kinds) > 1:
        state = f"{'is' if counts.open == 1 else 'are'} in trouble"
    if group.trait.cause is Cause.COINCIDENCE:
        return f"{count(counts.open, noun)} {state}"
    of = "" if group.trait.cause is Cause.ERROR else f"{max(group.total, counts.members):,} "
    number = f"{counts.open:,} of {of}" if of else f"{counts.open:,} "
    return f"{number}{_noun(noun, max(group.total, counts.members))}{sharing(group.trait)} {state}"


def _noun(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"


def all_over(group: Group, counts: Counts) -> str:
    """Say that a group is over: ``the 12 tasks that write to … are well again``; plain text."""
    who = f"{count(counts.members, 'task')}{sharing(group.trait)}"
    if counts.unwatched >= counts.members:
        return f"No longer watched: {who}"
    return f"Over: {who} {'is' if counts.members == 1 else 'are'} well again"


def look_first(group: Group) -> str:  # noqa: PLR0911 - one case for each cause
    """Say where to look first; plain text."""
    if group.problem in _ON_PURPOSE:
        return "ask first whether that was on purpose"
    match group.trait.cause:
        case Cause.DESTINATION:
            return "look at the storage first"
        case Cause.AGENT:
            return "look at that server first"
        case Cause.ERROR:
            return "look at the error first"
        case Cause.CLUSTER:
            return "look at the cluster first"
        case Cause.SOURCE:
            unread = group.problem is Problem.UNREACHABLE
            return "look at that OCP first" if unread else "look at what they share first"
        case Cause.COINCIDENCE:
            return "look at the worst first"
    assert_never(group.trait.cause)


def look_at(group: Group) -> str:  # noqa: PLR0911 - one case for each cause
    """Say what to look at there, as concretely as of one task alone; plain text."""
    label, ocp = clean(group.trait.label, _LABEL), ocp_name(group.trait.source)
    match group.problem:
        case Problem.PAUSED:
            return "Look at: who paused them, and whether to resume them"
        case Problem.MISSING:
            return "Look at: whether log backup was switched off, or the tenants dropped, on purpose"
        case Problem.UNREACHABLE:
            return f"Look at: whether {ocp} is up, and the bot's login there"
        case _:
            pass
    match group.trait.cause:
        case Cause.DESTINATION:
            return f"Look at: free space on {label}, and whether the servers can reach it"
        case Cause.AGENT:
            return f"Look at: whether server {label} is up, and its backup agent runs"
        case Cause.ERROR:
            return "Look at: what the error below says; all of them report it"
        case Cause.CLUSTER:
            return f"Look at: whether the servers of {label} are up, and can reach the storage"
        case Cause.SOURCE:
            return f"Look at: the network and the storage that the clusters of {ocp} share"
        case Cause.COINCIDENCE:
            return "They broke at about the same time; no common cause was found."
    assert_never(group.trait.cause)


def likely(trait: Trait) -> str:
    """Say what the cause is likely to be, or that none was found; plain text."""
    label = clean(trait.label, _LABEL)
    match trait.cause:
        case Cause.DESTINATION:
            return f"Likely the storage: they all write to {label}."
        case Cause.AGENT:
            return f"Likely the agent server {label}: it is what they share."
        case Cause.ERROR:
            return "Likely one cause: they report the same error."
        case Cause.CLUSTER:
            return f"Likely the cluster {label} itself: it is what they share."
        case Cause.SOURCE:
            return f"Likely something that all of {ocp_name(trait.source)} depends on."
        case Cause.COINCIDENCE:
            return "They broke at about the same time; no common cause was found."
    assert_never(trait.cause)


def kinds_words(problems: Sequence[tuple[Problem, int]]) -> str:
    """Count problems: ``9 stopped, 3 failed``."""
    return ", ".join(f"{number:,} {short_problem(problem)}" for problem, number in problems)
