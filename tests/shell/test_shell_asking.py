"""``status`` and ``tasks``: the slash command's answers in a terminal, from one look at OCP."""

import json
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.fleet import SimulatedCluster
from bot.sandbox.ocp import Permission, Where
from tests.shell.world import BUCKET, KEY, PAY, SHOP, Shell, Town, fleet_of, town

HOUR = timedelta(hours=1)
OCP = ("OCP_URL", "OCP_USER", "OCP_PASSWORD")


def ocp_alone(world: Town, **more: str) -> dict[str, str]:
    """Give only what is needed to reach OCP: no Slack, no channel, no database."""
    return {name: world.environment[name] for name in OCP} | more


def test_status_tells_the_fleet_the_worst_first(shell: Shell, world: Town) -> None:
    world.fleet.fail("shop/cart", world.now() - HOUR / 2, "device out of space")
    said = shell("status", **ocp_alone(world))
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "1 of 4 tasks needs you"
    assert lines[1].startswith("2 clusters · OCP read at ")
    row = ["●", "critical", "shop", "2", "tasks", "cart", "FAILED,", "30", "min", "behind"]
    assert lines[3].split() == row
    assert lines[4].split()[:5] == ["●", "well", "pay", "2", "tasks"]


def test_only_ocp_is_needed_and_nothing_is_kept(shell: Shell, world: Town, tmp_path: Path) -> None:
    """No Slack setting, no channel, and no database comes into being."""
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    assert shell("status", **ocp_alone(world, **home)).code == 0
    assert shell("tasks", **ocp_alone(world, **home)).code == 0
    assert list(tmp_path.iterdir()) == []
    assert world.slack.calls == ()


def test_status_of_a_cluster_tells_its_tenants_and_why(shell: Shell, world: Town) -> None:
    world.fleet.fail("pay/ledger", world.now() - HOUR / 2, "device out of space")
    said = shell("status", "pay", **ocp_alone(world))
    assert said.out.startswith("1 of 2 tasks needs you\n1 cluster · ")
    assert said.out.index("ledger") < said.out.index("orders")
    assert "OCP reports FAILED: device out of space" in said.out
    assert "It writes to oss://bucket/pay?host=oss.example.com" in said.out
    assert "shop" not in said.out


def test_status_of_a_tenant_tells_it_alone(shell: Shell, world: Town) -> None:
    said = shell("status", "PAY/Orders", **ocp_alone(world))
    assert said.out.startswith("The task is well\n")
    assert "pay/orders" in said.out
    assert "ledger" not in said.out


def test_tasks_are_a_table_the_worst_first(shell: Shell, world: Town) -> None:
    world.fleet.interrupt("shop/users", world.now() - HOUR / 2)
    said = shell("tasks", **ocp_alone(world))
    assert (said.code, said.err) == (0, "")
    heading, first = said.out.splitlines()[3:5]
    assert heading.split() == ["task", "status", "delay", "checkpoint", "mode", "path"]
    assert first.split()[:4] == ["●", "critical", "shop/users", "INTERRUPTED"]
    assert said.out.startswith("4 tasks, the worst first\n")
    assert [line for line in said.out.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("pay",), {"pay/orders", "pay/ledger"}),
        (("cluster:shop", "tenant:c*"), {"shop/cart"}),
        (("status:paused",), {"pay/ledger"}),
        (("severity:critical",), {"shop/users"}),
        (("problem:failed",), {"shop/users"}),
        (("delay>20m",), {"shop/users", "pay/ledger"}),
        (("path:file:///obbackup/",), {"shop/cart", "shop/users"}),
        (("pay", "delay>20m", "sort:name"), {"pay/ledger"}),
        (("pay delay>20m",), {"pay/ledger"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_filters_are_those_of_the_slash_command(
    shell: Shell, world: Town, words: tuple[str, ...], found: set[str]
) -> None:
    world.fleet.interrupt("shop/users", world.now() - HOUR / 2)
    world.fleet.pause("pay/ledger", world.now() - HOUR / 2)
    said = shell("tasks", *words, "--json", **ocp_alone(world))
    assert said.code == 0
    tasks = json.loads(said.out)["tasks"]
    assert {f"{task['cluster']}/{task['tenant']}" for task in tasks} == found


def test_a_task_that_does_not_match_is_an_answer_too(shell: Shell, world: Town) -> None:
    said = shell("tasks", "severity:critical", **ocp_alone(world))
    assert (said.code, said.out.splitlines()[0]) == (0, "None of 4 tasks matches")


def test_times_are_told_in_the_zone_of_the_settings(shell: Shell, world: Town) -> None:
    said = shell("tasks", "pay/orders", **ocp_alone(world, BOT_TIMEZONE="Asia/Kathmandu"))
    local = datetime.now(ZoneInfo("Asia/Kathmandu"))
    assert f"{local:%Y-%m-%d}" in said.out
    assert "Asia/Kathmandu" in said.out.splitlines()[1]
    assert "+0545" in said.out.splitlines()[4]


def test_a_pipe_gets_every_row_and_a_page_where_it_is_asked_for(shell: Shell, tmp_path: Path) -> None:
    with town(tmp_path, fleet_of(*((PAY, f"t{number:03}") for number in range(120)))) as world:
        said = shell("tasks", **ocp_alone(world))
        assert said.out.count("pay/t") == 120
        second = shell("tasks", "page:2", **ocp_alone(world))
        assert second.out.splitlines()[0] == "120 tasks, the worst first, page 2 of 3"
        assert second.out.count("pay/t") == 50
        assert second.out.splitlines()[-1] == "…and 20 more: logbackup-bot tasks page:3"
        as_json = json.loads(shell("tasks", "page:3", "--json", **ocp_alone(world)).out)
        assert (as_json["page"], as_json["pages"], len(as_json["tasks"])) == (3, 3, 20)


def test_the_json_of_tasks_keeps_its_names(shell: Shell, world: Town) -> None:
    world.fleet.fail("pay/orders", world.now() - HOUR / 2, "device out of space")
    said = shell("tasks", "pay/orders", "--json", **ocp_alone(world))
    answer = json.loads(said.out)
    assert list(answer) == ["at", "complete", "troubles", "sources", "total", "page", "pages", "tasks"]
    (source,) = answer["sources"]
    assert list(source) == ["source", "read_at", "clusters", "error", "reason"]
    (task,) = answer["tasks"]
    delay, checkpoint = task.pop("delay"), task.pop("checkpoint")
    assert delay == pytest.approx(1800, abs=10)
    since = datetime.now(UTC) - datetime.fromisoformat(checkpoint)
    assert since == pytest.approx(timedelta(seconds=delay), abs=timedelta(seconds=10))
    assert checkpoint.endswith("Z")
    assert task == {
        "source": "ocp",
        "cluster": "pay",
        "cluster_id": 1000005,
        "tenant": "orders",
        "standing": "critical",
        "severity": "critical",
        "problem": "failed",
        "status": "FAILED",
        "summary": "FAILED, 30 min behind",
        "because": "OCP reports FAILED: device out of space",
        "error": "device out of space",
        "mode": "PHYSICAL_BACKUP",
        "path": "oss://bucket/pay?host=oss.example.com",
        "cluster_type": "PRIMARY",
    }


def test_the_json_of_status_keeps_its_names(shell: Shell, world: Town) -> None:
    world.fleet.fail("pay/orders", world.now() - HOUR / 2)
    answer = json.loads(shell("status", "--json", **ocp_alone(world)).out)
    assert list(answer) == ["at", "complete", "troubles", "sources", "tasks", "in_need", "clusters"]
    assert (answer["complete"], answer["tasks"], answer["in_need"]) == (True, 4, 1)
    first, second = answer["clusters"]
    assert list(first) == [
        *("source", "cluster", "cluster_id", "standing", "tasks"),
        *("in_need", "worst_delay", "read_at", "error", "reason"),
    ]
    assert (first["cluster"], first["standing"], second["cluster"]) == ("pay", "critical", "shop")
    assert [task["tenant"] for task in first["in_need"]] == ["orders"]
    tenant = json.loads(shell("status", "pay/ledger", "--json", **ocp_alone(world)).out)
    assert (tenant["tasks"], tenant["in_need"], tenant["clusters"][0]["in_need"]) == (1, 0, [])


def fleet_file(folder: Path, world: Town, number: int, broken: int = 0) -> str:
    """Write settings with this many OCPs, of which the first ones are not there."""
    lines = ["sources:"]
    for index in range(number):
        url = "http://127.0.0.1:9" if index < broken else world.environment["OCP_URL"]
        user, password = world.environment["OCP_USER"], world.environment["OCP_PASSWORD"]
        lines += [
            f"  - name: ocp{index}",
            f"    url: {url}",
            f"    user: {user}",
            f"    password: {password}",
        ]
    path = folder / "fleet.yaml"
    path.write_text("\n".join(lines))
    return str(path)


def test_with_ten_ocps_every_name_has_its_source(shell: Shell, world: Town, tmp_path: Path) -> None:
    config = fleet_file(tmp_path, world, 10)
    said = shell("--config", config, "status")
    assert said.code == 0
    assert "20 clusters · 10 OCPs read at " in said.out
    assert "ocp9/shop" in said.out
    assert "ocp3/pay/orders" in shell("--config", config, "tasks", "source:ocp3").out


def test_one_ocp_that_is_down_is_told_first_and_hides_no_other(
    shell: Shell, world: Town, tmp_path: Path
) -> None:
    config = fleet_file(tmp_path, world, 2, broken=1)
    said = shell("--config", config, "status")
    assert said.code == 0
    assert said.err.count("\n") == 1
    assert said.err.startswith("OCP ocp0 cannot be reached")
    assert said.out.startswith("None of 4 tasks needed you when last read\n")
    assert "1 of 2 OCPs read at" in said.out
    answer = json.loads(shell("--config", config, "status", "--json").out)
    assert (answer["complete"], len(answer["troubles"])) == (False, 1)
    assert answer["sources"][0]["reason"] == "unreachable"


def test_where_nothing_can_be_read_the_exit_code_is_1(shell: Shell, world: Town) -> None:
    gone = ocp_alone(world, OCP_URL="http://127.0.0.1:9")
    said = shell("status", **gone)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("OCP cannot be reached: nothing listens at 127.0.0.1:9.")
    as_json = shell("tasks", "--json", "pay", **gone)
    assert as_json.code == 1
    assert json.loads(as_json.out)["complete"] is False


def test_a_cluster_that_may_not_be_read_is_told_and_the_rest_shown(shell: Shell, world: Town) -> None:
    world.ocp.faults.status(403, Where(cluster=PAY.id))
    said = shell("tasks", **ocp_alone(world))
    assert said.code == 0
    assert said.err.startswith("Cluster pay of OCP cannot be read: OCP does not let this login read")
    assert "OCP's trace id: " in said.err
    assert "shop/cart" in said.out


def test_a_list_that_is_not_whole_is_told(shell: Shell, world: Town) -> None:
    world.ocp.faults.empty_list(Where(cluster=PAY.id))
    said = shell("status", **ocp_alone(world))
    assert "no log backup task" in said.out


def test_a_wrong_password_is_tried_once(shell: Shell, world: Town) -> None:
    """OCP counts wrong logins and then disables the account."""
    said = shell("status", **ocp_alone(world, OCP_PASSWORD="wrong"))
    assert (said.code, said.out, world.ocp.wrong_logins) == (1, "", 1)
    assert said.err.startswith(
        "OCP refused the login of logbackup (HTTP 401): correct OCP_USER and OCP_PASSWORD, then try again."
        " It was tried a single time, since OCP locks an account after some wrong logins."
        ' OCP says: "Incorrect username or password. You can try for 4 more times."'
    )
    assert "restart" not in said.err


def test_a_login_that_only_the_tasks_refuse_is_told_of_each_cluster(
    shell: Shell, world: Town, tmp_path: Path
) -> None:
    """With what to do in a shell there too, and by the names of a list of sources."""
    config = tmp_path / "settings.yaml"
    source = {
        "name": "prod",
        "url": world.environment["OCP_URL"],
        "user": world.ocp.account.user,
        "password": world.ocp.account.password,
    }
    second = source | {"name": "gone", "url": "http://127.0.0.1:9"}
    config.write_text(json.dumps({"sources": [source, second]}))
    world.ocp.faults.status(401, Where(cluster=PAY.id))
    said = shell("--config", str(config), "tasks")
    what = "refused the login of logbackup (HTTP 401): correct user and password of prod, then try again."
    assert f"Cluster pay of OCP prod cannot be read: OCP prod {what}" in said.err
    assert "nothing listens at 127.0.0.1:9" in said.err
    assert "restart" not in said.err


def test_a_login_that_may_list_no_cluster_is_told(shell: Shell, world: Town) -> None:
    world.ocp.account.permissions.discard(Permission.LIST_CLUSTERS)
    said = shell("status", **ocp_alone(world))
    assert said.code == 1
    assert "CLUSTER_VIEWER" in said.err
    assert shell("status", **ocp_alone(world, OCP_CLUSTERS=str(PAY.id))).out.startswith("All 2 tasks")


def test_a_name_in_the_settings_that_ocp_does_not_list_is_told(shell: Shell, world: Town) -> None:
    said = shell("status", **ocp_alone(world, OCP_CLUSTERS="pay,crm"))
    assert said.code == 0
    assert said.err.startswith("OCP lists no cluster named crm.")
    assert "shop" not in said.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("tasks", "sort:dely"),
            'There is no sort "dely". There are worst, delay, name, checkpoint, status.',
        ),
        (("tasks", "delay>soon"), '"soon" is not a length of time. Write 10m, 2h or 1h30m.'),
        (("tasks", "staus:failed"), 'tasks knows no filter "staus". Did you mean status:interrupted?'),
        (("status", "pay", "shop"), 'One name at a time: "shop" is one too many.'),
        (("status", "page:2"), 'status knows no filter "page".'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_sentence_before_anything_is_asked(
    shell: Shell, world: Town, words: tuple[str, ...], sentence: str
) -> None:
    said = shell(*words, **ocp_alone(world))
    assert (said.code, said.out, len(world.ocp.requests)) == (2, "", 0)
    assert said.err.startswith(sentence)
    assert said.err.endswith(f"See `logbackup-bot {words[0]} --help`.\n")


def test_a_mistake_shows_what_can_be_typed_instead(shell: Shell, world: Town) -> None:
    said = shell("tasks", "pay", "sort:dely", **ocp_alone(world))
    assert "For example: logbackup-bot tasks pay sort:delay" in said.err


def test_a_name_that_means_nothing_gets_the_nearest(shell: Shell, world: Town) -> None:
    said = shell("status", "pya", **ocp_alone(world))
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "Nothing that is watched is called “pya”. Did you mean this?\n  logbackup-bot status pay\n"
    )


def test_a_filter_that_the_shell_ate_is_recognised(shell: Shell, world: Town) -> None:
    """Without quotes a shell writes the answer to a file called 10m and hands over the word before it."""
    said = shell("tasks", "delay", **ocp_alone(world))
    assert said.code == 1
    assert "put such a filter in quotes, as in 'delay>10m'" in said.err


def test_an_ambiguous_name_gets_commands_to_choose_from_that_work(shell: Shell, tmp_path: Path) -> None:
    twin = SimulatedCluster(1000009, "pay", 9)
    with town(tmp_path, fleet_of((PAY, "orders"), (twin, "cards"))) as world:
        said = shell("status", "pay", **ocp_alone(world))
        assert (said.code, said.out) == (1, "")
        first, *choices = said.err.splitlines()
        assert first == "That name means 2 things. Write one of these:"
        for choice, tenant in zip(choices, ("orders", "cards"), strict=True):
            words = shlex.split(choice)[1:]
            assert tenant in shell(*words, **ocp_alone(world)).out


def test_with_a_time_ocp_is_asked_and_what_failed_is_bad(shell: Shell, world: Town) -> None:
    """The startTime is sent, and without a time it never is; each task is judged by what came."""
    world.fleet.fail("pay/orders", world.now() - HOUR / 2)
    shell("tasks", **ocp_alone(world))
    assert not any("startTime" in request.query for request in world.ocp.requests)
    world.ocp.requests.clear()
    said = shell("tasks", "pay", "since:2h", **ocp_alone(world))
    asked = world.ocp.requests.of("logBackupTasks")
    assert [request.path for request in asked] == [f"/api/v2/ob/clusters/{PAY.id}/backup/task/logBackupTasks"]
    assert all("startTime" in request.query for request in asked)
    assert "OCP was asked just now for tasks from " in said.out
    assert "● critical  pay/orders" in said.out


def test_with_a_time_a_source_that_is_down_is_told(shell: Shell, world: Town, tmp_path: Path) -> None:
    said = shell("--config", fleet_file(tmp_path, world, 2, broken=1), "tasks", "since:2h")
    assert said.code == 0
    assert said.err.startswith("OCP ocp0 cannot be reached")
    assert shell("tasks", "since:2h", **ocp_alone(world, OCP_URL="http://127.0.0.1:9")).code == 1


def test_no_secret_is_printed(shell: Shell, world: Town) -> None:
    world.fleet.fail("pay/orders", world.now() - HOUR / 2, f"cannot write to {BUCKET}")
    for words in (("status",), ("status", "pay"), ("tasks",), ("tasks", "--json"), ("status", "--json")):
        said = shell(*words, **world.environment)
        assert KEY not in said.out + said.err
        assert world.environment["OCP_PASSWORD"] not in said.out + said.err


def test_a_hostile_name_moves_no_cursor_and_is_no_markup(shell: Shell, tmp_path: Path) -> None:
    name = "x\x1b[2J[bold]red[/bold]:smile:\u202e"
    with town(tmp_path, fleet_of((PAY, name), (SHOP, "cart"))) as world:
        for words in (("tasks",), ("status", "pay")):
            said = shell(*words, **ocp_alone(world))
            assert said.code == 0
            assert "\x1b" not in said.out
            assert "\u202e" not in said.out
            assert "[bold]red[/bold]:smile:" in said.out


def test_settings_that_are_missing_are_told_all_at_once(shell: Shell) -> None:
    said = shell("status")
    assert (said.code, said.out) == (2, "")
    assert [line.split()[0] for line in said.err.splitlines()] == ["OCP_URL", "The"]
