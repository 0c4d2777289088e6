"""users.*, usergroups.*, bots.info, team.info and auth.test: who is who."""

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.methods.conversations import page
from bot.sandbox.slack.methods.method import Json, Method, Surroundings
from bot.sandbox.slack.people import APP_ID, BOT, BOT_ID, BOT_USER, HOME_TEAM
from bot.sandbox.slack.refusal import Refusal

DOMAIN = "simulated"
TEAM_NAME = "Simulated workspace"


def auth_test(around: Surroundings, _arguments: Arguments) -> Json:
    """auth.test."""
    return {
        "url": f"{around.root_url()}/",
        "team": TEAM_NAME,
        "user": BOT.name,
        "team_id": HOME_TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def user_info(around: Surroundings, arguments: Arguments) -> Json:
    """users.info."""
    workspace = around.workspace
    person = workspace.people.get(arguments.text("user"))
    if person is None:
        raise Refusal("user_not_found")
    with_email = "users:read.email" in workspace.scopes
    return {"user": person.as_api(workspace.clock.now(), with_email=with_email)}


def users(around: Surroundings, arguments: Arguments) -> Json:
    """users.list."""
    workspace = around.workspace
    found, following = page(list(workspace.people.values()), arguments, default=200, most=1000)
    now, with_email = workspace.clock.now(), "users:read.email" in workspace.scopes
    shown = [person.as_api(now, with_email=with_email) for person in found]
    return {"members": shown, "cache_ts": int(now.timestamp()), **following}


def groups(around: Surroundings, arguments: Arguments) -> Json:
    """usergroups.list."""
    with_disabled = arguments.flag("include_disabled")
    found = [group for group in around.workspace.groups.values() if with_disabled or not group.disabled]
    with_users = arguments.flag("include_users")
    return {
        "usergroups": [g.as_api() | ({"users": list(g.members)} if with_users else {}) for g in found],
    }


def group_members(around: Surroundings, arguments: Arguments) -> Json:
    """usergroups.users.list."""
    group = around.workspace.groups.get(arguments.text("usergroup"))
    if group is None or (group.disabled and not arguments.flag("include_disabled")):
        raise Refusal("no_such_subteam")
    return {"users": list(group.members)}


def bot_info(_around: Surroundings, arguments: Arguments) -> Json:
    """bots.info."""
    if arguments.text("bot", BOT_ID) != BOT_ID:
        raise Refusal("bot_not_found")
    return {
        "bot": {"id": BOT_ID, "deleted": False, "name": BOT.real_name, "user_id": BOT_USER, "app_id": APP_ID}
    }


def team_info(around: Surroundings, _arguments: Arguments) -> Json:
    """team.info."""
    return {
        "team": {"id": HOME_TEAM, "name": TEAM_NAME, "domain": DOMAIN, "url": f"{around.root_url()}/"},
    }


METHODS = {
    "auth.test": Method(auth_test, 600),
    "users.info": Method(user_info, 100, ("users:read",)),
    "users.list": Method(users, 20, ("users:read",)),
    "usergroups.list": Method(groups, 20, ("usergroups:read",)),
    "usergroups.users.list": Method(group_members, 20, ("usergroups:read",)),
    "bots.info": Method(bot_info, 50, ("users:read",)),
    "team.info": Method(team_info, 50, ("team:read",)),
}
