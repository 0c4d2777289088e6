"""Answers a command, whichever door it came through: may they, what is meant, do or read, and say it."""

from dataclasses import dataclass
from typing import assert_never

from bot.commands import (
    AcceptAsNormal,
    Acknowledge,
    AddNote,
    Assign,
    AssignDialog,
    Command,
    DefaultEnd,
    Door,
    EndSilence,
    EndSilenceOf,
    ExtendSilence,
    ListIncidents,
    ListSilences,
    ListSubscriptions,
    ListTasks,
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
    Subscribe,
    Unacknowledge,
    Unsubscribe,
    WriteReport,
    parse,
)
from bot.commands.forms import Doing, Reading
from bot.commands.verbs import BY_FORM
from bot.domain.naming import Found, Scope, find
from bot.domain.permission import Permission
from bot.errors import BotError, UserMistake
from bot.operations import (
    change_incident,
    draw_chart,
    end_named,
    fill_dialog,
    keep_quiet,
    resolve_incident,
    show_fleet,
    show_home,
    show_incident,
    subscribe_channel,
    sum_up,
)
from bot.operations.answer_ports import Means
from bot.operations.answering import Answer, Asked, Filled, Mistaken
from bot.operations.check_permission import NotPermitted, check
from bot.operations.place_in_thread import placed
from bot.views.blocks import Block
from bot.views.filled import filled_command
from bot.views.forms import Mistaken as FormMistaken
from bot.views.mistake import failure_message, mistake_message
from bot.views.refusal import refusal_message

_IN_THREADS = frozenset({Door.MENTION, Door.DIRECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering(Means):
    """Answers whatever people ask, from any door."""

    async def answer(self, asked: Asked) -> Answer:
        """Answer one text. A mistake, a refusal, and a failure of OCP or the database, is an answer too."""
        await self.fleet.ready()
        try:
            command = parse(
                asked.text,
                now=self.clock.now(),
                zone=self.zone_of(asked),
                is_name=self._is_name,
                in_thread=asked.thread is not None,
                names=asked.names,
            )
            return await self._permitted(asked, command)
        except UserMistake as mistake:
            return Answer(mistake_message(mistake, self.zone_of(asked)), may_be_shared=False)
        except NotPermitted as refused:
            return Answer(refusal_message(refused.refused, refused.wide), may_be_shared=False)
        except BotError as error:
            return Answer(failure_message(error), may_be_shared=False)

    async def submit(self, asked: Asked, filled: Filled) -> Answer | Mistaken:
        """Do what a dialog that was filled in says, or say what is wrong with it, by input.

        Raises BotError where it could not be done.
        """
        await self.fleet.ready()
        command = filled_command(
            filled.callback, filled.about, filled.values, now=self.clock.now(), zone=self.zone_of(asked)
        )
        if isinstance(command, FormMistaken):
            return Mistaken(command.errors)
        try:
            return await self._permitted(asked, command)
        except UserMistake as mistake:
            return Mistaken({fill_dialog.place_of_mistake(filled, mistake): mistake.sentence})
        except NotPermitted as refused:
            return Answer(refusal_message(refused.refused, refused.wide), may_be_shared=False)

    async def home(self, asked: Asked) -> tuple[Block, ...]:
        """Show the Home tab of whoever asks. Raises BotError."""
        await self.fleet.ready()
        try:
            await check(self, asked, Permission.READ)
        except NotPermitted as refused:
            return refusal_message(refused.refused).blocks
        return await show_home.home(self, asked)

    async def _permitted(self, asked: Asked, command: Command) -> Answer:
        """Answer a command, if whoever asks may give it."""
        if asked.door is not Door.TERMINAL:
            await check(self, asked, BY_FORM[type(command)].needs)
        if asked.thread is not None and asked.door in _IN_THREADS:
            command = await placed(self, asked, command)
        if isinstance(command, Reading):
            return await self._read(asked, command)
        return await self._do(asked, command)

    def _is_name(self, text: str) -> bool:
        return isinstance(find(self.fleet.now(), Scope(name=text)), Found)

    async def _read(  # noqa: C901, PLR0911, PLR0912 - one case for each command
        self, asked: Asked, command: Reading
    ) -> Answer:
        shareable = asked.private
        match command:
            case ShowStatus():
                return await show_fleet.status(self, asked, command, shareable=shareable)
            case ListTasks():
                return await show_fleet.tasks(self, asked, command, shareable=shareable)
            case ShowTask():
                return await show_fleet.task(self, asked, command, shareable=shareable)
            case ListIncidents():
                return await show_incident.list_incidents(self, asked, command, shareable=shareable)
            case ShowIncident():
                return await show_incident.show(self, asked, command.number, shareable=shareable)
            case ShowThisIncident():
                return await show_incident.show_this(self, asked, shareable=shareable)
            case ShowTimeline():
                return await show_incident.timeline(self, asked, command, shareable=shareable)
            case ShowChart():
                return await draw_chart.chart(self, asked, command, shareable=shareable)
            case ShowHistory():
                return await draw_chart.history(self, asked, command, shareable=shareable)
            case WriteReport():
                return await sum_up.report(self, asked, command)
            case ShowDigest():
                return await sum_up.digest(self, asked, command, shareable=shareable)
            case ListSilences():
                return await keep_quiet.list_silences(self, asked, command, shareable=shareable)
            case ListSubscriptions():
                return await subscribe_channel.list_subscriptions(self, asked, shareable=shareable)
            case ShowHealth():
                return await show_fleet.health(self, command, shareable=shareable)
            case ShowHelp():
                return show_fleet.help_(command)
            case _:
                assert_never(command)

    async def _do(  # noqa: C901, PLR0911, PLR0912 - one case for each command
        self, asked: Asked, command: Doing
    ) -> Answer:
        match command:
            case Acknowledge() | Unacknowledge() | Assign():
                return await change_incident.handle(self, asked, command)
            case AddNote():
                return await change_incident.note(self, asked, command)
            case Resolve():
                return await resolve_incident.resolve(self, asked, command)
            case AcceptAsNormal():
                return await resolve_incident.accept_as_normal(self, asked, command)
            case Silence():
                return await keep_quiet.silence(self, asked, command)
            case ExtendSilence(_, DefaultEnd()) if asked.door is Door.BUTTON:
                return await fill_dialog.open_dialog(self, asked, command)
            case ExtendSilence():
                return await keep_quiet.extend(self, asked, command)
            case EndSilence():
                return await keep_quiet.end_silence(self, asked, command)
            case EndSilenceOf():
                return await end_named.end_silence_of(self, asked, command)
            case SilenceDialog() | AssignDialog() | NoteDialog():
                return await fill_dialog.open_dialog(self, asked, command)
            case Subscribe():
                return await subscribe_channel.subscribe(self, asked, command)
            case Unsubscribe():
                return await subscribe_channel.unsubscribe(self, asked, command)
            case _:
                assert_never(command)
