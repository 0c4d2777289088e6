"""What tasks that broke together have in common, and how many of them are how: in words."""

from collections.abc import Sequence
from typing import assert_never

from bot.domain.evidence import CatchingUp, NotRead, StatusBroken
from bot.domain.grouping import Cause, Group, Trait
from bot.domain.incident import Incident
from bot.domain.notification import Counts
from bot.domain.problem import Problem
from bot.views.hints import hint, seen_in_incident
from bot.views.trouble import is_interrupted, short_problem
from bot.views.twins import subjects
from bot.views.wording import clean, count, duration, ocp_name

_LABEL = 60
_LOOK = 200
_ASKS = {
    Problem.PAUSED: "ask first who paused them",
    Problem.MISSING: "ask first whether that was on purpose",
}


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
            return f" of the backup agent on {label}"
        case Cause.ERROR:
            return " with the same error"
        case Cause.CLUSTER:
            return f" of cluster {label}"
        case Cause.SOURCE:
            return f" of {ocp_name(trait.source)}"
        case Cause.COINCIDENCE:
            return ""
    assert_never(trait.cause)


def broken(group: Group, counts: Counts, worst: Sequence[Incident] = ()) -> str:
    """Say how many of how many are how: ``12 of 12 tasks of cluster pay have failed``; plain text.

    Of the ``worst`` members it is told what OCP reports of them: what was interrupted, and which error.
    """
    unread = group.problem is Problem.UNREACHABLE
    noun, state = "cluster" if unread else "task", _state(group, counts, worst)
    all_of_them, how_many = max(group.total, counts.members), counts.burning or counts.open
    number = f"{how_many:,} of {all_of_them:,} {_noun(noun, all_of_them)}"
    if group.trait.cause is Cause.COINCIDENCE:
        number = count(how_many, noun)
    elif group.trait.cause is Cause.ERROR:
        number = f"{how_many:,} {_noun(noun, all_of_them)}"
    if unread and counts.burning and len(counts.problems) <= 1:
        return f"{ocp_name(group.trait.source)} gives no answer about {number}"
    error = error_of(worst) if group.trait.cause is Cause.ERROR else None
    shared = sharing(group.trait) if error is None else f' with the error "{clean(error, _LABEL)}"'
    return f"{number}{shared} {state}"


def error_of(worst: Sequence[Incident]) -> str | None:
    """Give the error message of the worst member that has one, as OCP sent it."""
    for one in worst:
        if one.snapshot is not None and one.snapshot.error:
            return one.snapshot.error
        if isinstance(one.because, StatusBroken) and one.because.error:
            return one.because.error
    return None


def _state(group: Group, counts: Counts, worst: Sequence[Incident]) -> str:
    """Say how the open ones are, as the end of a sentence; of several kinds how many are of each."""
    are = "is" if (counts.burning or counts.open) == 1 else "are"
    if not counts.burning:
        return f"{are} recovering"
    if len(counts.problems) > 1:
        return f"{are} in trouble ({kinds_words(counts.problems, worst)})"
    if catching_up(counts, worst):
        return f"{are} catching up"
    problem = counts.problems[0][0] if counts.problems else group.problem
    if problem is Problem.FAILED:
        failed, interrupted = _failed(worst)
        if interrupted:
            some = failed or interrupted < counts.burning
            return f"have failed or {are} interrupted" if some else f"{are} interrupted"
    return plural(problem, counts.burning)


def _failed(worst: Sequence[Incident]) -> tuple[int, int]:
    """Count those that failed, and those that were interrupted."""
    told = [is_interrupted(one) for one in worst if one.burns and one.problem is Problem.FAILED]
    return len(told) - sum(told), sum(told)


def only_one(group: Group, worst: Sequence[Incident]) -> Incident | None:
    """Give the one that is left of a group of several: it is where to look, no longer what they share."""
    left, shared = [one for one in worst if one.burns], group.problem is Problem.UNREACHABLE
    return left[0] if len(left) == 1 and len(worst) > 1 and not shared else None


def catching_up(counts: Counts, worst: Sequence[Incident]) -> Sequence[Incident]:
    """Give those that are left in trouble, where all of them run again and are merely behind; else none."""
    left = [one for one in worst if one.burns]
    whole = len(left) == counts.burning and all(isinstance(one.because, CatchingUp) for one in left)
    return left if whole else ()


def catching_up_words(left: Sequence[Incident], worst: Sequence[Incident]) -> str:
    """Say of those that only catch up how long that takes, and that nobody need look; plain text."""
    who = f"{subjects(worst)(left[0])} is" if len(left) == 1 else "they are"
    spans = [one.because.left for one in left if isinstance(one.because, CatchingUp)]
    known = [span for span in spans if span is not None]
    rest = f", about {duration(max(known))} left" if known and len(known) == len(spans) else ""
    return f"Nothing to look at: {who} catching up{rest}. You will be told if it gets worse."


def where_to_look(group: Group, counts: Counts, worst: Sequence[Incident]) -> str:
    """Say what to look at, or that nobody need; plain text."""
    left = catching_up(counts, worst)
    return catching_up_words(left, worst) if left else look_at(group, worst)


def _noun(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"


def all_over(group: Group, counts: Counts) -> str:
    """Say that a group is over: ``the 12 tasks that write to … are well again``; plain text."""
    if group.problem is Problem.UNREACHABLE and counts.unwatched < counts.members:
        clusters = count(counts.members, "cluster")
        return f"Over: {ocp_name(group.trait.source)} answers again about {clusters}"
    who = f"{count(counts.members, 'task')}{sharing(group.trait)}"
    if counts.unwatched >= counts.members:
        are = "is" if counts.members == 1 else "are"
        return f"{who} {are} no longer watched and may still be broken"
    return f"Over: {who} {'is' if counts.members == 1 else 'are'} well again"


def look_first(  # noqa: PLR0911 - one case for each cause
    group: Group, worst: Sequence[Incident] = ()
) -> str:
    """Say where to look first; empty where an error message says it; plain text."""
    if group.problem in _ASKS:
        return _ASKS[group.problem]
    left = only_one(group, worst)
    if left is not None:
        return f"look at {subjects(worst)(left)} first"
    match group.trait.cause:
        case Cause.DESTINATION:
            return "look at the storage first"
        case Cause.AGENT:
            return "look at that server first"
        case Cause.ERROR:
            return "look at the error first" if error_of(worst) is None else ""
        case Cause.CLUSTER:
            return "look at the cluster first"
        case Cause.SOURCE:
            unread = group.problem is Problem.UNREACHABLE
            return "look at that OCP first" if unread else "look at what they share first"
        case Cause.COINCIDENCE:
            return f"look at {subjects(worst)(worst[0]) if worst else 'the worst'} first"
    assert_never(group.trait.cause)


def look_at(  # noqa: C901, PLR0911 - one case for each cause
    group: Group, worst: Sequence[Incident] = ()
) -> str:
    """Say what to look at there, as concretely as of one task alone; plain text."""
    label, ocp = clean(group.trait.label, _LABEL), ocp_name(group.trait.source)
    match group.problem:
        case Problem.PAUSED:
            return "Look at: who paused them, and whether to resume them"
        case Problem.MISSING:
            return "Look at: whether log backup was switched off, or the tenants dropped, on purpose"
        case Problem.UNREACHABLE:
            return f"{_unread_because(worst)}Look at: whether {ocp} is up, and the bot's login there"
        case _:
            left = only_one(group, worst)
            if left is not None:
                return f"Look at: {clean(hint(seen_in_incident(left)).look_at, _LOOK)}"
    match group.trait.cause:
        case Cause.DESTINATION:
            return f"Look at: free space on {label}, and whether the servers can reach it"
        case Cause.AGENT:
            return f"Look at: whether server {label} is up, and its backup agent runs"
        case Cause.ERROR:
            error = error_of(worst)
            if error is None:
                return "Look at: what the error below says; all of them report it"
            seen = seen_in_incident(worst[0], error=error)
            return f"Look at: {clean(hint(seen).look_at, _LOOK)}; all of them report this error"
        case Cause.CLUSTER:
            return f"Look at: whether the servers of {label} are up, and can reach the storage"
        case Cause.SOURCE:
            return f"Look at: the network and the storage that the clusters of {ocp} share"
        case Cause.COINCIDENCE:
            return likely(group.trait)
    assert_never(group.trait.cause)


def _unread_because(worst: Sequence[Incident]) -> str:
    """Say why the worst of them cannot be read: a timeout, a login that is refused."""
    said = next((one.because.sentence for one in worst if isinstance(one.because, NotRead)), "")
    return f"{clean(said, _LOOK)} " if said else ""


def likely(trait: Trait) -> str:
    """Say what the cause is likely to be, or that none was found; plain text."""
    label = clean(trait.label, _LABEL)
    match trait.cause:
        case Cause.DESTINATION:
            return f"Likely the storage: they all write to {label}."
        case Cause.AGENT:
            return f"Likely the backup agent on {label}: it is what they share."
        case Cause.ERROR:
            return "Likely one cause: they report the same error."
        case Cause.CLUSTER:
            return f"Likely the cluster {label} itself: it is what they share."
        case Cause.SOURCE:
            return f"Likely something that all of {ocp_name(trait.source)} depends on."
        case Cause.COINCIDENCE:
            return "They broke at about the same time; no common cause was found."
    assert_never(trait.cause)


def kinds_words(problems: Sequence[tuple[Problem, int]], worst: Sequence[Incident] = ()) -> str:
    """Count problems: ``9 stopped, 3 failed``; by the ``worst`` those that were interrupted apart."""
    parts = []
    for problem, number in problems:
        failed, interrupted = _failed(worst) if problem is Problem.FAILED else (0, 0)
        if failed + interrupted == number:
            kinds = ((failed, short_problem(problem)), (interrupted, "interrupted"))
            parts += [f"{many:,} {word}" for many, word in kinds if many]
        else:
            or_so = " or interrupted" if interrupted else ""
            parts.append(f"{number:,} {short_problem(problem)}{or_so}")
    return ", ".join(parts)
