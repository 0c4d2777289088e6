"""The answer to ``help``: what can be said, made from the table of verbs."""

from bot.commands import BY_NAME, FILTERS, VERBS, Door, ShowHelp, Verb, to_text
from bot.commands.forms import Command
from bot.views.blocks import Button, Message, actions, context, escape, message, section, sections
from bot.views.typed import SLASH, typed


def help_message(command: ShowHelp) -> Message:
    """Show all verbs, or how one is used."""
    return _overview() if command.verb is None else _verb(BY_NAME[command.verb])


def _overview() -> Message:
    first = "What you can say"
    lines = [f"{typed(usage(verb))}\n{escape(verb.summary)}" for verb in VERBS]
    blocks = [
        section(f"*{first}*, after {_code(SLASH)} or a mention of the bot"),
        *sections(lines),
        context(
            "A name is a cluster, or cluster/tenant, with source/ in front where that is not enough; "
            f"* stands for any letters. {typed('pay')} means {typed('status pay')}."
        ),
        *actions(
            [Button(f"help {verb.name}", to_text(ShowHelp(verb.name))) for verb in VERBS if verb.filters]
        ),
    ]
    spoken = [f"{usage(verb)}: {verb.summary}" for verb in VERBS]
    return message(escape("\n".join([first, *spoken])), blocks)


def _verb(verb: Verb[Command]) -> Message:
    first = f"{usage(verb)}: {verb.summary}"
    examples = [f"{typed(example.text)}  {escape(example.does)}" for example in verb.examples]
    filters = [f"{_code(FILTERS[key].example)}  {escape(FILTERS[key].means)}" for key in verb.filters]
    blocks = [
        *sections([f"{typed(usage(verb))}\n{escape(verb.summary)}", *map(escape, verb.details)]),
        *sections(["*For example*", *examples]),
        *(sections(["*Filters*, as many as you like", *filters]) if filters else []),
        context(_where(verb)),
        *actions(
            [
                *(Button(example.text, example.text) for example in verb.examples[:1]),
                Button("All verbs", to_text(ShowHelp())),
            ]
        ),
    ]
    spoken = [first, *verb.details, *(f"{example.text}: {example.does}" for example in verb.examples)]
    return message(escape("\n".join(spoken)), blocks)


def usage(verb: Verb[Command]) -> str:
    """Say how a verb is written."""
    return f"{verb.name} {verb.arguments}".rstrip()


def _where(verb: Verb[Command]) -> str:
    reads = "Changes something." if verb.changes else "Only reads."
    shell = f" Also in a shell: {_code(f'logbackup-bot {verb.name}')}." if Door.TERMINAL in verb.doors else ""
    return f"{reads} Works as {_code(f'{SLASH} {verb.name}')} and after a mention of the bot.{shell}"


def _code(text: str) -> str:
    return f"`{escape(text)}`"
