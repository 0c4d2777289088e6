"""Calls an incident over by hand, or what is seen normal, where that is for people; else says why not."""

import json
from dataclasses import replace
from datetime import datetime

from bot.commands import AcceptAsNormal, Resolve, Silence, Target, to_text
from bot.commands.acts import EndsWhenResolved
from bot.domain.evidence import NotListed
from bot.domain.fleet import FleetSnapshot, TaskNow
from bot.domain.handling import Actor
from bot.domain.incident import Change, Incident, Lifecycle, task_subject_key
from bot.domain.naming import find_task
from bot.domain.notification import ActContent, Reason
from bot.domain.problem import Problem
from bot.errors import UserMistake
from bot.operations.answer_ports import Means, actor_of
from bot.operations.answering import Answer, Asked
from bot.operations.carry_out import Decided, Plan, carry_out
from bot.operations.change_incident import entry, group_entry, sources_of
from bot.operations.heed_people import FORGET, NORMAL
from bot.operations.reply_in_threads import reply, threads_of
from bot.operations.resolve_target import Meant, find_meant
from bot.operations.store_port import IncidentWrite, WriteSession
from bot.views.act_answer import acted_message, over_message
from bot.views.trouble import task_name

_TASK = "task:"
_DELAYS = frozenset({Problem.STALLED, Problem.GROWING, Problem.LAGGING})
_ENDS = {
    Problem.FAILED: "it ends by itself when OCP reports that the task runs and its checkpoint moves",
    Problem.STALLED: "it ends by itself when the checkpoint moves again and the delay is back to normal",
    Problem.GROWING: "it ends by itself when the delay is back to normal",
    Problem.LAGGING: "it ends by itself when the delay is back to normal",
    Problem.STUCK: "it ends by itself when OCP reports another status",
    Problem.MISSING: "it ends by itself when a task is listed again, or the settings leave the cluster out",
    Problem.PAUSED: "it ends by itself when the backup is started again",
    Problem.UNREACHABLE: "it ends by itself when it can be read again, or a day after OCP dropped it",
}


def signed(by: Actor, now: datetime) -> str:
    """Write who said something and when, as the value of a fact."""
    return json.dumps({"at": now.isoformat(), "by": by.id, "name": by.name}, ensure_ascii=False)


def can_be_resolved(incident: Incident, fleet: FleetSnapshot) -> bool:
    """Whether nothing but people can end an incident: it is about a task that OCP no longer lists."""
    subject = incident.subject
    if not subject.key.startswith(_TASK):
        return False
    return isinstance(incident.because, NotListed) or any(
        not task.listed and task_subject_key(task.task.key) == subject.key
        for cluster in fleet.clusters
        if (cluster.source, cluster.cluster.id) == (subject.source, subject.cluster)
        for task in cluster.tasks
    )


async def resolve(means: Means, asked: Asked, command: Resolve) -> Answer:
    """Call an incident over: the watch forgets whom it is about. Raises UserMistake where it cannot be."""
    by = await actor_of(means, asked)

    async def decide() -> Decided:
        meant = await find_meant(means, asked, command.target, lambda target: to_text(Resolve(target)))
        if not meant.open:
            message = over_message(meant.incidents, meant.group, means.zone_of(asked))
            return Answer(message, may_be_shared=False)
        fleet = means.fleet.now()
        ending = tuple(one for one in meant.open if can_be_resolved(one, fleet))
        if not ending:
            raise _cannot_be_resolved(meant)
        return await _resolving(means, asked, meant, ending, by)

    return await carry_out(means, asked, decide)


async def _resolving(
    means: Means, asked: Asked, meant: Meant, ending: tuple[Incident, ...], by: Actor
) -> Plan:
    now = means.clock.now()
    whole = meant.group is not None and len(ending) == len(meant.open)
    told = meant if whole else Meant(ending)
    threads = await threads_of(means, asked, told)
    content = ActContent(Reason.RESOLVED_BY_HAND, by, now)
    over = [
        replace(
            one, lifecycle=Lifecycle.RESOLVED, resolved_at=now, changed_at=now, good_polls=0, good_since=None
        )
        for one in ending
    ]

    async def write(session: WriteSession) -> Answer:
        await session.keep_incidents([IncidentWrite(one, one.revision) for one in over])
        for one in over:
            await session.keep_fact(f"{FORGET}{one.subject.key}", signed(by, now))
        entries = [entry(one, Change.RESOLVED, "called it over by hand", by, now) for one in over]
        if meant.group is not None and whole:
            entries.append(
                group_entry(meant.group.number, Change.RESOLVED, "called it over by hand", by, now)
            )
        await session.append_audit(entries)
        await reply(means, session, threads, content)
        left = len(meant.open) - len(ending)
        message = acted_message(content, tuple(over), meant.group if whole else None, left=left)
        return Answer(message, done=threads.here)

    return Plan(write, sources_of(Meant(ending)))


def _cannot_be_resolved(meant: Meant) -> UserMistake:
    """Say why nobody can call it over, what ends it, and how to keep it quiet until then."""
    incident = meant.open[0]
    number = meant.numbers[0]
    quiet = to_text(Silence(Target(number), ends=EndsWhenResolved()))
    normal = (to_text(AcceptAsNormal(Target(number))),) if incident.problem in _DELAYS else ()
    who = f"Incident {number}" if meant.group is None else f"Group {number}"
    return UserMistake(
        f"{who} cannot be called over by hand: what is wrong is still there, and it would open again; "
        f"{_ENDS[incident.problem]}. Until then it can be kept quiet.",
        (quiet, *normal),
    )


async def accept_as_normal(means: Means, asked: Asked, command: AcceptAsNormal) -> Answer:
    """Have the watch learn that what is seen now is normal. Raises UserMistake for what is no delay."""
    by = await actor_of(means, asked)

    async def decide() -> Decided:
        calm = _calm_task(means.fleet.now(), command.target)
        if calm is not None:
            return _learning_of_calm(means, calm, by)
        meant = await find_meant(means, asked, command.target, lambda target: to_text(AcceptAsNormal(target)))
        if not meant.open:
            message = over_message(meant.incidents, meant.group, means.zone_of(asked))
            return Answer(message, may_be_shared=False)
        delays = tuple(
            one for one in meant.open if one.problem in _DELAYS and one.subject.key.startswith(_TASK)
        )
        if not delays:
            raise UserMistake(
                "Only a delay can be normal: a task that stands still, falls behind or is behind. "
                f"This one is {meant.open[0].problem}; it can be kept quiet instead.",
                (to_text(Silence(Target(meant.numbers[0]), ends=EndsWhenResolved())),),
            )
        return await _learning(means, asked, meant, delays, by)

    return await carry_out(means, asked, decide)


def _calm_task(fleet: FleetSnapshot, target: Target) -> TaskNow | None:
    """Give the one task that is named and has no incident: its rhythm can be learnt anew all the same."""
    if target.scope is None:
        return None
    task = find_task(fleet, target.scope)
    return task if isinstance(task, TaskNow) and task.incident is None else None


def _learning_of_calm(means: Means, task: TaskNow, by: Actor) -> Plan:
    now, key = means.clock.now(), task.task.key
    content = ActContent(Reason.NEW_NORMAL, by, now)

    async def write(session: WriteSession) -> Answer:
        await session.keep_fact(f"{NORMAL}{key.text}", signed(by, now))
        return Answer(acted_message(content, (), task=task_name(task)))

    return Plan(write, frozenset({key.source}))


async def _learning(
    means: Means, asked: Asked, meant: Meant, delays: tuple[Incident, ...], by: Actor
) -> Plan:
    now = means.clock.now()
    whole = meant.group is not None and len(delays) == len(meant.open)
    threads = await threads_of(means, asked, meant if whole else Meant(delays))
    content = ActContent(Reason.NEW_NORMAL, by, now)

    async def write(session: WriteSession) -> Answer:
        for one in delays:
            await session.keep_fact(f"{NORMAL}{one.subject.key.removeprefix(_TASK)}", signed(by, now))
        entries = [entry(one, Reason.NEW_NORMAL, "said that this is normal now", by, now) for one in delays]
        await session.append_audit(entries)
        await reply(means, session, threads, content)
        left = len(meant.open) - len(delays)
        message = acted_message(content, delays, meant.group if whole else None, left=left)
        return Answer(message, done=threads.here)

    return Plan(write, sources_of(Meant(delays)))
