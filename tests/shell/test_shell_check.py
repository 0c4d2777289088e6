"""``check``: what people get wrong on the way into a real workspace, each with its cure."""

import re
import socket
import sqlite3
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.sandbox.ocp import Permission, Where
from bot.sandbox.slack import SimulatedSlack, Trouble
from bot.slack.inspection import SCOPES
from bot.terminal.checkup import State
from tests.shell.doctor import bad, lines, told
from tests.shell.world import ALERTS, KEY, PAY, SHOP, Shell, Town, fleet_of, town

ROOT = Path(__file__).resolve().parents[2]
CERTIFICATE = ROOT / "tests" / "sandbox_ocp" / "loopback_for_tests.pem"


def test_all_is_well_in_a_workspace_that_is_set_up(shell: Shell, world: Town) -> None:
    said = shell("check", **world.environment)
    assert (said.code, said.err) == (0, "")
    assert [one.part for one in lines(said)] == [
        *("settings", "OCP", "OCP", "OCP", "OCP", "OCP"),
        *("Slack", "Slack", "Slack", "Slack", "database", "database", "address"),
    ]
    assert told(said, State.OK) == [f"{one.part}: {one.says}" for one in lines(said)]
    assert said.out.endswith("\nAll is well: `logbackup-bot run` starts the bot.\n")
    url = world.environment["OCP_URL"]
    assert f"It answers at {url} (version 4.3.5-20250319) and accepts the login of logbackup." in said.out
    assert "2 clusters to watch: pay, shop." in said.out
    assert "4 log backup tasks of 2 clusters can be read." in said.out
    assert "Its own alarm is set to a delay of 5 min for pay, shop." in said.out
    assert "The bot is @logbackup in the workspace Simulated workspace." in said.out


def test_it_posts_nothing_and_makes_no_database(shell: Shell, world: Town, tmp_path: Path) -> None:
    shell("check", **world.environment)
    assert world.slack.calls_of("chat.postMessage") == ()
    assert world.slack.channel(ALERTS).everything == ()
    assert list(tmp_path.iterdir()) == []


def test_no_secret_is_told(shell: Shell, world: Town) -> None:
    said = shell("check", **world.environment)
    for name in ("OCP_PASSWORD", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        assert world.environment[name] not in said.out + said.err
    assert KEY not in said.out


# ── settings


def test_swapped_tokens_are_wrong_settings(shell: Shell, world: Town) -> None:
    swapped = {
        "SLACK_BOT_TOKEN": world.environment["SLACK_APP_TOKEN"],
        "SLACK_APP_TOKEN": world.environment["SLACK_BOT_TOKEN"],
    }
    said = shell("check", **{**world.environment, **swapped})
    assert (said.code, said.out) == (2, "")
    assert told(said, State.FAILED) == [
        "settings: SLACK_BOT_TOKEN is another kind of token: a bot token begins with xoxb-; are two swapped?",
        (
            "settings: SLACK_APP_TOKEN is another kind of token: an app-level token begins with xapp-; "
            "are two swapped?"
        ),
    ]
    assert len(world.slack.calls) == 0


def test_a_settings_file_with_a_typo_names_what_was_meant(shell: Shell, world: Town, tmp_path: Path) -> None:
    config = tmp_path / "settings.yaml"
    config.write_text("alert_chanel: '#alerts'\n")
    said = shell("--config", str(config), "check", **{**world.environment, "BOT_ALERT_CHANNEL": ""})
    assert said.code == 2
    sentence = "alert_chanel (settings.yaml, line 1) is no setting: did you mean alert_channel?"
    assert told(said, State.FAILED) == [f"settings: {sentence}"]


def test_what_is_doubtful_in_the_settings_is_a_warning(shell: Shell, world: Town) -> None:
    said = shell("check", **world.environment, BOT_SOMETHING_ELSE="1")
    assert said.code == 0
    (doubt,) = told(said, State.WARNING)
    assert "BOT_SOMETHING_ELSE" in doubt
    assert said.out.endswith("Nothing failed, 1 warning: `logbackup-bot run` starts the bot.\n")


# ── OCP


def test_a_wrong_password_is_tried_exactly_once(shell: Shell, world: Town) -> None:
    said = shell("check", **{**world.environment, "OCP_PASSWORD": "wrong"})
    assert said.code == 1
    assert bad(said).startswith(
        "OCP: OCP refused the login of logbackup (HTTP 401): correct OCP_USER and OCP_PASSWORD, then try"
        " again. It was tried a single time, since OCP locks an account after some wrong logins."
        ' OCP says: "Incorrect username or password. You can try for 4 more times."'
    )
    assert "restart" not in said.out
    assert "OCP's trace id: " in said.out
    assert world.ocp.wrong_logins == 1
    assert len(world.ocp.requests) == 1


def test_a_wrong_access_key_is_tried_exactly_once_and_may_be_too_new(shell: Shell, world: Town) -> None:
    by_key = {"OCP_USER": "", "OCP_PASSWORD": "", "OCP_ACCESS_KEY": "simulated-access-key"}
    said = shell("check", **{**world.environment, **by_key, "OCP_SECRET_KEY": "wrong"})
    assert said.code == 1
    assert "refused the access key (HTTP 401): correct OCP_ACCESS_KEY and OCP_SECRET_KEY" in bad(said)
    assert "Access keys need OCP 4.0.3 or later." in bad(said)
    assert world.ocp.wrong_logins == 1
    right = {**by_key, "OCP_SECRET_KEY": world.ocp.account.secret_key}
    assert "accepts the access key" in shell("check", **{**world.environment, **right}).out


def test_a_wrong_port_is_told(shell: Shell, world: Town) -> None:
    said = shell("check", **{**world.environment, "OCP_URL": "http://127.0.0.1:9"})
    assert bad(said) == (
        "OCP: OCP cannot be reached: nothing listens at 127.0.0.1:9. Is OCP up, and OCP_URL right?"
    )
    url = world.slack.root_url
    slack = shell("check", **{**world.environment, "OCP_URL": url})
    assert (slack.code, bad(slack)) == (
        1,
        (
            f"OCP: What answers at {url} is no OCP, or not the whole of its address (HTTP 404)."
            " Set OCP_URL to the address at which people open OCP in a browser, up to the port."
        ),
    )


def test_https_where_http_is_spoken_is_told(shell: Shell, world: Town) -> None:
    url = world.environment["OCP_URL"].replace("http:", "https:")
    said = shell("check", **{**world.environment, "OCP_URL": url})
    assert "OCP_URL may have to begin with http://." in bad(said)


def test_a_self_signed_certificate_needs_its_authority(shell: Shell, tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    with town(tmp_path, tls=tls) as world:
        said = shell("check", **world.environment)
        assert "has a certificate that is not trusted" in bad(said)
        assert "Set OCP_CA_FILE" in bad(said)
        trusted = shell("check", **world.environment, OCP_CA_FILE=str(CERTIFICATE))
        assert (trusted.code, told(trusted, State.FAILED)) == (0, [])


def test_a_login_without_the_backup_permission_is_told(shell: Shell, world: Town) -> None:
    world.ocp.account.permissions.discard(Permission.READ_BACKUP)
    said = shell("check", **world.environment)
    assert said.code == 1
    assert len(told(said, State.FAILED)) == 2
    assert all(
        'Give its user "Read-only permission on cluster backup and recovery"' in one
        for one in told(said, State.FAILED)
    )


def test_a_login_that_may_not_list_clusters_needs_their_ids(shell: Shell, world: Town) -> None:
    world.ocp.account.permissions.discard(Permission.LIST_CLUSTERS)
    assert "CLUSTER_VIEWER" in bad(shell("check", **world.environment))
    said = shell("check", **world.environment, OCP_CLUSTERS=f"{PAY.id},{SHOP.id}")
    assert said.code == 0
    assert f"only those whose ids the settings give are watched: {PAY.id}, {SHOP.id}" in said.out


def test_an_empty_list_of_clusters_is_told(shell: Shell, tmp_path: Path) -> None:
    with town(tmp_path, fleet_of()) as world:
        said = shell("check", **world.environment)
        assert bad(said).startswith("OCP: OCP lists no cluster for this login.")


def test_a_cluster_of_the_settings_that_is_not_found_is_told(shell: Shell, world: Town) -> None:
    said = shell("check", **world.environment, OCP_CLUSTERS="pay,crm")
    assert bad(said).startswith("OCP: OCP lists no cluster named crm.")
    assert "1 cluster to watch: pay." in said.out
    assert shell("check", **world.environment, OCP_CLUSTERS="crm").code == 1


def test_clusters_without_a_task_and_rows_not_understood_are_warnings(shell: Shell, world: Town) -> None:
    world.ocp.faults.empty_list(Where(cluster=PAY.id))
    said = shell("check", **world.environment)
    assert said.code == 0
    assert told(said, State.WARNING)[0].startswith("OCP: This cluster has no log backup task: pay.")


def test_many_clusters_that_fail_alike_are_told_once(shell: Shell, tmp_path: Path) -> None:
    from bot.sandbox.fleet import SimulatedCluster

    clusters = [SimulatedCluster(1000100 + number, f"c{number}", number) for number in range(12)]
    with town(tmp_path, fleet_of(*((cluster, "t") for cluster in clusters))) as world:
        world.ocp.faults.status(404, Where(path="/backup/task/"))
        said = shell("check", **world.environment)
        assert len(told(said, State.FAILED)) == 6
        assert told(said, State.FAILED)[-1] == "OCP: 7 more clusters cannot be read either."
        assert "12 clusters to watch: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more." in said.out


@pytest.mark.parametrize("ahead", [timedelta(minutes=20), -timedelta(minutes=20)], ids=["ahead", "behind"])
def test_clocks_that_disagree_are_told(shell: Shell, world: Town, ahead: timedelta) -> None:
    """An access key's signature is refused beyond 15 minutes; a password does not mind."""
    world.ocp.faults.clock_skew = ahead
    which = "ahead of" if ahead > timedelta(0) else "behind"
    by_password = shell("check", **world.environment)
    assert by_password.code == 0
    assert re.search(
        f"OCP's clock is (20|19) min.* {which} this machine's", told(by_password, State.WARNING)[0]
    )
    by_key = {
        "OCP_USER": "",
        "OCP_PASSWORD": "",
        "OCP_ACCESS_KEY": world.ocp.account.access_key,
        "OCP_SECRET_KEY": world.ocp.account.secret_key,
    }
    said = shell("check", **{**world.environment, **by_key})
    assert said.code == 1
    assert "more than 15 minutes off" in bad(said)
    assert "Set both clocks by NTP." in bad(said)


def test_what_an_older_ocp_lacks_is_no_trouble(shell: Shell, world: Town) -> None:
    for path in ("/api/v2/info", "backupStrategy"):
        world.ocp.faults.status(404, Where(path=path))
    said = shell("check", **world.environment)
    assert said.code == 0
    assert "version" not in said.out
    assert "alarm" not in said.out


def test_two_ocps_are_told_apart_and_one_that_is_down_hides_no_other(
    shell: Shell, world: Town, tmp_path: Path
) -> None:
    config = tmp_path / "fleet.yaml"
    user, password = world.environment["OCP_USER"], world.environment["OCP_PASSWORD"]
    login = f"    user: {user}\n    password: {password}\n"
    config.write_text(
        f"sources:\n  - name: east\n    url: {world.environment['OCP_URL']}\n{login}"
        f"  - name: west\n    url: http://127.0.0.1:9\n{login}"
    )
    environment = {name: value for name, value in world.environment.items() if not name.startswith("OCP_")}
    said = shell("--config", str(config), "check", **environment)
    assert said.code == 1
    assert bad(said).startswith("OCP west: OCP west cannot be reached")
    assert "OCP east: 2 clusters to watch: pay, shop." in told(said, State.OK)
    config.write_text(
        config.read_text().replace(f"password: {password}\n  - name: west", "password: no\n  - name: west")
    )
    wrong = told(shell("check", "--config", str(config), **environment), State.FAILED)[0]
    assert f"OCP east refused the login of {user} (HTTP 401): correct user and password of east," in wrong


# ── Slack


def test_the_scopes_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text())
    assert sorted(SCOPES) == manifest["oauth_config"]["scopes"]["bot"]


@pytest.mark.parametrize(
    ("scope", "state"),
    [("commands", State.FAILED), ("users:read", State.FAILED), ("im:history", State.WARNING)],
)
def test_a_missing_scope_is_named_with_what_does_not_work(
    shell: Shell, world: Town, scope: str, state: State
) -> None:
    world.slack.scopes.discard(scope)
    said = shell("check", **world.environment)
    assert said.code == (1 if state is State.FAILED else 0)
    (one,) = told(said, state)
    assert one.startswith(f"Slack: The scope {scope} is missing: {SCOPES[scope]}.")
    assert "install the app again" in one


def test_without_the_scopes_to_look_for_channels_that_is_told_too(shell: Shell, world: Town) -> None:
    world.slack.scopes.discard("channels:read")
    said = shell("check", **world.environment)
    assert "Slack: The channel alerts cannot be looked up: a scope is missing." in "\n".join(
        told(said, State.FAILED)
    )


def test_a_token_that_slack_does_not_know_is_told(shell: Shell, world: Town) -> None:
    said = shell("check", **{**world.environment, "SLACK_BOT_TOKEN": "xoxb-of-another-workspace"})
    assert bad(said) == (
        "Slack: Slack does not know the token in SLACK_BOT_TOKEN: copy the app's bot token (xoxb-…) again."
    )
    other = shell("check", **{**world.environment, "SLACK_APP_TOKEN": "xapp-1-another"})
    assert "SLACK_APP_TOKEN: copy the app's app-level token (xapp-…) again." in bad(other)


def test_a_token_that_was_revoked_is_told(shell: Shell, world: Town) -> None:
    world.elsewhere.call(world.slack.revoke_bot_token)
    assert "revoked" in bad(shell("check", **world.environment))


def test_a_bot_that_was_not_invited_is_told_what_to_write(shell: Shell, world: Town) -> None:
    world.elsewhere.call(lambda: world.slack.kick_bot(ALERTS))
    said = shell("check", **world.environment)
    assert (said.code, bad(said)) == (
        1,
        "Slack: The bot is not in #alerts: write /invite @logbackup there.",
    )


def test_a_channel_that_cannot_be_seen_is_told(shell: Shell, world: Town) -> None:
    private = world.slack.add_channel("secret", private=True)
    for wanted, shown in (("nowhere", "#nowhere"), ("secret", "#secret"), (private.id, private.id)):
        said = shell("check", **{**world.environment, "BOT_ALERT_CHANNEL": wanted})
        assert f"Slack has no channel {shown} that the bot can see. Correct BOT_ALERT_CHANNEL" in bad(said)
        assert "/invite @logbackup" in bad(said)


@pytest.mark.parametrize("private", [False, True])
def test_a_misspelt_channel_is_told_with_the_nearest_that_the_bot_sees(
    shell: Shell,
    world: Town,
    private: bool,  # noqa: FBT001 - a parameter
) -> None:
    world.slack.add_channel("log-backup", private=private)
    world.elsewhere.call(lambda: world.slack.invite_bot("log-backup"))
    said = shell("check", **{**world.environment, "BOT_ALERT_CHANNEL": "log-bakcup"})
    assert bad(said) == (
        "Slack: Slack has no channel #log-bakcup that the bot can see. Did you mean #log-backup? Correct"
        " BOT_ALERT_CHANNEL, or create #log-bakcup; if it is private, write /invite @logbackup in it."
    )


def test_an_archived_channel_and_one_that_others_read_are_told(shell: Shell, world: Town) -> None:
    shared = world.slack.add_channel("shared", shared=True)
    world.elsewhere.call(lambda: world.slack.invite_bot(shared))
    said = shell("check", **{**world.environment, "BOT_ALERT_CHANNEL": "#shared"})
    assert (said.code, told(said, State.WARNING)) == (
        0,
        ["Slack: People of other organisations read #shared: is it meant for alerts?"],
    )
    world.elsewhere.call(lambda: world.slack.archive(ALERTS))
    assert bad(shell("check", **world.environment)).startswith("Slack: #alerts is archived")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("forbidden_team", "switch Socket Mode on in the app's settings"),
        ("missing_scope", "lacks the scope connections:write"),
        ("not_allowed_token_type", "SLACK_APP_TOKEN holds another kind of token"),
    ],
)
def test_socket_mode_that_does_not_open_is_told(shell: Shell, world: Town, code: str, sentence: str) -> None:
    world.slack.trouble.refuse("apps.connections.open", code)
    assert sentence in bad(shell("check", **world.environment))


def test_a_socket_that_does_not_come_about_is_told(shell: Shell, world: Town) -> None:
    """Slack gives an address, and a proxy or firewall lets no WebSocket through."""
    world.elsewhere.call(lambda: setattr(world.slack, "dead_tickets", True))
    assert "no connection to it came about: let this machine open WebSockets" in bad(
        shell("check", **world.environment)
    )


def test_the_doctor_leaves_no_connection_behind(shell: Shell, world: Town) -> None:
    shell("check", **world.environment)
    world.elsewhere.do(world.slack.until(lambda slack: slack.sockets == 0))


def test_a_slack_that_cannot_be_reached_is_told(shell: Shell, world: Town) -> None:
    said = shell("check", **{**world.environment, "SLACK_API_URL": "http://127.0.0.1:9/api/"})
    assert said.code == 1
    unreachable = "Slack: Slack cannot be reached at 127.0.0.1:9."
    address = "SLACK_API_URL is http://127.0.0.1:9/api/"
    cure = f"{address}: correct it (it ends in /api/), or remove it to use Slack's own."
    assert told(said, State.FAILED) == [f"{unreachable} {cure}"] * 2


def test_who_answers_in_slacks_place_is_told_by_the_address(shell: Shell, world: Town) -> None:
    elsewhere = f"{world.environment['OCP_URL']}/api/"
    said = shell("check", **{**world.environment, "SLACK_API_URL": elsewhere})
    assert len(told(said, State.FAILED)) == 2
    assert all(f"SLACK_API_URL is {elsewhere}: correct it" in one for one in told(said, State.FAILED))


def test_a_slack_that_asks_for_patience_is_asked_again_later(shell: Shell, world: Town) -> None:
    world.slack.trouble.add("auth.test", Trouble.RATE_LIMITED)
    assert bad(shell("check", **world.environment)) == (
        "Slack: Slack asks the bot to slow down. Try again in a minute."
    )


def test_signed_http_needs_a_way_in(shell: Shell, world: Town) -> None:
    by_http = {**world.environment, "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": world.slack.signing_secret}
    said = shell("check", **by_http)
    assert said.code == 0
    assert "give https://…/slack/events to the app" in said.out
    assert "127.0.0.1 hears this machine alone" in told(said, State.WARNING)[0]
    wrong = shell("check", **{**by_http, "SLACK_SIGNING_SECRET": "a-client-id.123"})
    assert "SLACK_SIGNING_SECRET does not look like one" in "\n".join(told(wrong, State.WARNING))


def test_the_test_alert_is_marked_and_tells_who_would_be_woken(shell: Shell, world: Town) -> None:
    said = shell("check", "--send-test-alert", **world.environment)
    assert said.code == 0
    (message,) = world.slack.channel(ALERTS).messages
    assert message.text.startswith("Test alert, nothing is wrong.")
    assert "*This is a test: nothing is wrong.*" in str(message.blocks[0])
    assert "Log backup has failed: example/orders" in str(message.blocks)
    assert not any(block["type"] == "actions" for block in message.blocks)
    assert message.pages == frozenset()
    people = len(world.slack.channel(ALERTS).members) - 1
    assert f"it wakes those of the {people} people there whose own settings" in said.out


def test_a_missing_invitation_is_told_once(shell: Shell, world: Town) -> None:
    world.elsewhere.call(lambda: world.slack.kick_bot(ALERTS))
    said = shell("check", "--send-test-alert", **world.environment)
    assert said.out.count("/invite @logbackup") == 1
    assert "write /invite @logbackup there" in bad(said)
    assert "The test alert was not posted: what to do about that stands above." in said.out


def test_a_test_alert_that_cannot_be_posted_is_told(shell: Shell, world: Town) -> None:
    world.slack.trouble.refuse("chat.postMessage", "restricted_action")
    said = shell("check", "--send-test-alert", **world.environment)
    assert "The test alert was not posted: A setting of the workspace" in bad(said)


# ── database and address


def test_a_database_that_is_there_is_told_with_its_size(shell: Shell, world: Town, tmp_path: Path) -> None:
    file = tmp_path / "bot.sqlite3"
    sqlite3.connect(file).close()
    file.write_bytes(b"no database " * 1000)
    assert "Restore a backup of it" in bad(shell("check", **world.environment))
    file.unlink()
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE something (id INTEGER)")
    made.close()
    assert f"{file} can be used, 8 kB." in shell("check", **world.environment).out


def test_a_database_of_a_newer_version_is_told(shell: Shell, world: Town, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bot.sqlite3") as made:
        made.execute("CREATE TABLE alembic_version (version_num TEXT)")
        made.execute("INSERT INTO alembic_version VALUES ('9999')")
    made.close()
    assert "newer version of logbackup-bot" in bad(shell("check", **world.environment))


def test_a_place_that_cannot_hold_a_database_is_told(shell: Shell, world: Town, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = shell(
        "check", **{**world.environment, "BOT_DATABASE_URL": f"sqlite:///{tmp_path}/file/bot.sqlite3"}
    )
    assert "is no folder" in bad(said)
    said = shell("check", **{**world.environment, "BOT_DATABASE_URL": f"sqlite:///{tmp_path}"})
    assert "is no file" in bad(said)


def taken(host: str = "127.0.0.1") -> socket.socket:
    plug = socket.socket()
    plug.bind((host, 0))
    plug.listen(1)
    return plug


def test_a_port_that_is_taken_is_told(shell: Shell, world: Town) -> None:
    port = world.slack.port
    said = shell("check", **{**world.environment, "BOT_HTTP_PORT": str(port)})
    assert bad(said) == (
        f"address: 127.0.0.1:{port} is taken: stop what uses it, or set BOT_HTTP_PORT to another port."
    )


def test_each_address_is_looked_at(shell: Shell, world: Town) -> None:
    with taken() as plug:
        port = plug.getsockname()[1]
        own = {"BOT_METRICS_PORT": str(port)}
        said = shell("check", **{**world.environment, **own})
    assert f"127.0.0.1:{port} is taken: stop what uses it, or set BOT_METRICS_PORT" in bad(said)
    free = shell("check", **{**world.environment, "BOT_HTTP_PORT": str(port)})
    assert f"address: 127.0.0.1:{port} is free." in told(free, State.OK)


def test_an_address_of_another_machine_is_told(shell: Shell, world: Town) -> None:
    said = shell("check", **world.environment, BOT_HTTP_HOST="192.0.2.1")
    assert "set BOT_HTTP_HOST to an address of this machine" in bad(said)


@pytest.mark.parametrize(
    "change",
    [
        lambda slack: slack.trouble.refuse("auth.test", "account_inactive"),
        lambda slack: slack.trouble.refuse("bots.info", "missing_scope"),
        lambda slack: slack.trouble.refuse("conversations.info", "ratelimited"),
    ],
    ids=["deactivated", "no bots.info", "throttled"],
)
def test_whatever_slack_answers_nothing_crashes(
    shell: Shell, world: Town, change: Callable[[SimulatedSlack], None]
) -> None:
    world.elsewhere.call(lambda: change(world.slack))
    said = shell("check", **world.environment)
    assert said.code in {0, 1}
    assert "Traceback" not in said.err
    assert len(lines(said)) >= 10
