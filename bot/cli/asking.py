"""The commands that answer in a terminal what the slash command answers in Slack."""

import sys
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from bot.cli.program import DONE, FAILED, program, run_async, say, settings_of

if TYPE_CHECKING:
    from bot.looking import Asked, Seen
    from bot.settings import Settings


def complete_filters(context: click.Context, _argument: click.Parameter, typed: str) -> list[CompletionItem]:
    """Offer the filters of the verb and, behind one of them, its words."""
    from bot.cli.completion import continuations

    before = " ".join(context.params.get("words") or ())
    return [CompletionItem(text) for text in continuations(context.info_name or "tasks", before, typed)]


@program.command(short_help="How everything stands in one look, the worst first.")
@click.argument("words", nargs=-1, metavar="[NAME] [FILTER]...", shell_complete=complete_filters)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for programs.")
@click.pass_obj
def status(config: str | None, words: tuple[str, ...], as_json: bool) -> int:  # noqa: FBT001 - click calls it by name
    """Show how everything stands in one look, the worst first: /logbackup status in a terminal.

    OCP is read once, directly; no database and no Slack settings are needed. What stands still or
    falls behind shows over several polls: the running bot knows that, one look does not.

    \b
      logbackup-bot status               everything
      logbackup-bot status pay           the cluster pay
      logbackup-bot status pay/orders    the tenant orders of pay
    \b
    Filters: source: cluster: tenant: path:
    '*' stands for any letters; quote it, or the shell takes it for files.

    \b
    --json: at, complete, troubles, sources, tasks, in_need, clusters
      of sources: source, read_at, clusters, error, reason
      of clusters: source, cluster, cluster_id, standing, tasks, in_need
        (a list, as in tasks --json), worst_delay, read_at, error, reason
      Lengths are seconds, instants UTC.

    Exit code: 1 where nothing could be read or the name means nothing.
    """  # noqa: D301 - click takes \b as its own sign to keep these lines
    return _answer(config, "status", words, as_json=as_json)


@program.command(short_help="The log backup tasks as a table, the worst first.")
@click.argument("words", nargs=-1, metavar="[NAME] [FILTER]...", shell_complete=complete_filters)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for programs.")
@click.pass_obj
def tasks(config: str | None, words: tuple[str, ...], as_json: bool) -> int:  # noqa: FBT001 - click calls it by name
    """Show the log backup tasks as a table, the worst first: /logbackup tasks in a terminal.

    OCP is read once, directly; no database and no Slack settings are needed. A terminal gets pages of
    50 rows; a pipe and --json get all rows, or the page that page: names.

    \b
      logbackup-bot tasks pay 'delay>10m'
      logbackup-bot tasks status:interrupted,failed
      logbackup-bot tasks 'tenant:order*' sort:delay
      logbackup-bot tasks since:2h       OCP chooses the rows itself
    \b
    Filters: source: cluster: tenant: path: status: severity: problem: delay>
             since: from: to: sort: page:
    Quote what holds > or *, or the shell takes it for files.

    \b
    --json: at, complete, troubles, sources, total, page, pages, tasks
      of sources: source, read_at, clusters, error, reason
      of tasks: source, cluster, cluster_id, tenant, standing, severity,
        problem, status, delay, checkpoint, summary, because, error, mode,
        path, cluster_type
      Lengths are seconds, instants UTC; checkpoint is as OCP sent it.

    Exit code: 1 where nothing could be read or the name means nothing.
    """  # noqa: D301 - as above
    return _answer(config, "tasks", words, as_json=as_json)


def _answer(config: str | None, verb: str, words: tuple[str, ...], *, as_json: bool) -> int:
    from bot import logs
    from bot.errors import UserMistake
    from bot.looking import anything_read, look, read_command
    from bot.settings import Need
    from bot.terminal.mistakes import shell_line
    from bot.terminal.screen import waiting
    from bot.terminal.sources import troubles

    settings = settings_of(config, {Need.OCP})
    text = " ".join((verb, *words))
    try:
        command = read_command(settings, text)
    except UserMistake as mistake:
        example = f" For example: {shell_line(mistake.suggestions[0])}" if mistake.suggestions else ""
        raise click.UsageError(mistake.sentence + example) from None
    logs.configure("console", "error", settings.secrets())
    with waiting("Reading OCP…"):
        seen = run_async(look(settings, command))
    for sentence in (*seen.unresolved, *troubles(seen.fleet)):
        say(sentence)
    if not anything_read(seen.fleet) and not as_json:
        return FAILED
    paged = "page:" in text or (sys.stdout.isatty() and not as_json)
    answered = _draw(settings, command, seen, as_json=as_json, paged=paged)
    return DONE if answered and anything_read(seen.fleet) else FAILED


def _draw(settings: "Settings", command: "Asked", seen: "Seen", *, as_json: bool, paged: bool) -> bool:
    """Answer from what was seen; False: what was named cannot be told."""
    from bot.commands import ShowStatus
    from bot.domain.naming import Found, find
    from bot.terminal import fleet_json, fleet_status, task_table
    from bot.terminal.mistakes import unnamed
    from bot.terminal.screen import screen

    fleet, zone = seen.fleet, settings.timezone
    found = find(fleet, command.scope) if fleet.clusters else Found(())
    if not isinstance(found, Found):
        say(unnamed(command, found))
        return False
    if isinstance(command, ShowStatus):
        if as_json:
            click.echo(fleet_json.status_json(fleet, found, at=seen.at, notes=seen.unresolved))
        else:
            fleet_status.show_status(screen(), command, fleet, found, now=seen.at, zone=zone)
    elif as_json:
        page = task_table.page_of_tasks(command, fleet, found, paged=paged)
        click.echo(fleet_json.tasks_json(fleet, page, at=seen.at, notes=seen.unresolved))
    else:
        task_table.show_tasks(screen(), command, fleet, found, zone, paged=paged)
    return True
