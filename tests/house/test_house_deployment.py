"""The README's ways to run the bot for good: what they set is known, and nothing has needless rights."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.healthcheck import __name__ as health_check
from bot.settings import EVERYTHING, load
from bot.settings.variables import KNOWN, VARIABLES

README = Path(__file__).resolve().parents[2] / "README.md"
_LINES = re.MULTILINE | re.DOTALL
SECRETS = {variable.name for variable in VARIABLES if variable.secret}


def section(title: str) -> str:
    """Give what stands under a heading of the README."""
    found = re.search(rf"^### {title}\n(.*?)(?=^#{{2,3}} )", README.read_text() + "\n## ", _LINES)
    assert found is not None, title
    return found[1]


def block(title: str, language: str) -> str:
    """Give the code under a heading."""
    found = re.search(rf"^```{language}\n(.*?)^```", section(title), _LINES)
    assert found is not None, title
    return found[1]


def variables(title: str, language: str) -> set[str]:
    """Give the names of ours that are set there."""
    return set(re.findall(r"\b(?:SLACK|OCP|BOT)_[A-Z_]+\b(?=[=:,])", block(title, language)))


@pytest.mark.parametrize(
    ("title", "language"), [("systemd", "ini"), ("Docker", "sh"), ("Compose", "yaml"), ("Kubernetes", "yaml")]
)
def test_every_way_sets_what_there_is_and_secrets_by_file(title: str, language: str) -> None:
    named = variables(title, language)
    assert {"SLACK_BOT_TOKEN_FILE", "SLACK_APP_TOKEN_FILE"} <= named <= KNOWN
    assert not named & (SECRETS - {"BOT_DATABASE_URL"})


def test_the_service_of_compose_needs_no_rights_and_has_the_secrets_that_it_names() -> None:
    composed = yaml.safe_load(block("Compose", "yaml"))
    (service,) = composed["services"].values()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    files = {path for name, path in service["environment"].items() if name.endswith("_FILE")}
    assert files == {f"/run/secrets/{name}" for name in service["secrets"]}
    assert set(service["secrets"]) == set(composed["secrets"])
    assert {place.split(":")[0] for place in service["volumes"]} >= set(composed["volumes"])


def test_the_service_of_compose_is_given_all_that_the_bot_needs(tmp_path: Path) -> None:
    (service,) = yaml.safe_load(block("Compose", "yaml"))["services"].values()
    make_secrets(tmp_path)
    environment = {
        name: value.replace("/run/secrets", str(tmp_path)) for name, value in service["environment"].items()
    }
    assert load(environment, needs=EVERYTHING).warnings == ()


def test_what_is_started_is_what_was_installed_or_built() -> None:
    """Whoever copies one block after the other has what the next one names."""
    folder = block("systemd", "sh").split()[3]
    assert f"{folder}/bin/pip install ." in block("systemd", "sh")
    assert f"\nExecStart={folder}/bin/logbackup-bot " in block("systemd", "ini")
    built = re.findall(r"^docker build --tag (\S+) \.$", block("Docker", "sh"), re.MULTILINE)
    assert built == [block("Docker", "sh").split()[-1]]
    (container,) = kubernetes()["Deployment"]["spec"]["template"]["spec"]["containers"]
    image = container["image"]
    assert block("Kubernetes", "sh") == f"docker build --tag {image} . && docker push {image}\n"


def kubernetes() -> dict[str, Any]:
    return {part["kind"]: part for part in yaml.safe_load_all(block("Kubernetes", "yaml"))}


def test_the_pod_runs_without_root_and_writes_only_where_it_may() -> None:
    pod = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["enableServiceLinks"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    mounted = {mount["name"]: mount for mount in container["volumeMounts"]}
    assert set(mounted) == {volume["name"] for volume in pod["volumes"]}
    assert {name for name, mount in mounted.items() if not mount.get("readOnly")} == {"data", "tmp"}
    asked = {container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")}
    assert asked == {"/healthz", "/readyz"}


def make_secrets(folder: Path) -> None:
    """Put secrets into files."""
    for name, prefix in (("slack_bot_token", "xoxb-"), ("slack_app_token", "xapp-"), ("ocp_password", "")):
        (folder / name).write_text(f"{prefix}made-up")


def test_the_unit_and_the_settings_file_beside_it_are_settings(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    path = tmp_path / "settings.yaml"
    path.write_text(block("systemd", "yaml"))
    set_there = re.findall(r"^Environment=(\w+)=(.*)$", block("systemd", "ini"), re.MULTILINE)
    environment = {name: value.replace("%d", str(tmp_path)) for name, value in set_there}
    assert load(environment, str(path), needs=EVERYTHING).warnings == ()


def test_the_settings_of_the_config_map_are_settings(tmp_path: Path) -> None:
    parts = kubernetes()
    (container,) = parts["Deployment"]["spec"]["template"]["spec"]["containers"]
    text = parts["ConfigMap"]["data"]["settings.yaml"]
    make_secrets(tmp_path)
    path = tmp_path / "settings.yaml"
    path.write_text(text.replace("/run/secrets/logbackup-bot", str(tmp_path)))
    environment = {
        one["name"]: one["value"].replace("/run/secrets/logbackup-bot", str(tmp_path))
        for one in container["env"]
        if one["name"] != "BOT_CONFIG"
    }
    assert load(environment, str(path), needs=EVERYTHING).warnings == ()


def test_every_way_reads_the_settings_again_by_the_signal_for_it() -> None:
    """The bot is the first process of its container, so the signal that others send to 1 is for it."""
    assert "ExecReload=/bin/kill -HUP $MAINPID\n" in block("systemd", "ini")
    assert "`docker kill --signal HUP logbackup-bot` reads the settings again" in section("Docker")
    assert "`kubectl exec deploy/logbackup-bot -- sh -c 'kill -HUP 1'` reads" in section("Kubernetes")
    named = kubernetes()["Deployment"]["metadata"]["name"]
    assert named == yaml.safe_load(block("Compose", "yaml"))["services"].popitem()[0] == "logbackup-bot"


def test_every_way_gives_the_bot_longer_than_it_needs_to_stop() -> None:
    """It stops within ten seconds; whoever waits for less would kill it."""
    (service,) = yaml.safe_load(block("Compose", "yaml"))["services"].values()
    waits = [
        re.findall(r"^TimeoutStopSec=(\d+)$", block("systemd", "ini"), re.MULTILINE)[0],
        re.findall(r"--stop-timeout (\d+)", block("Docker", "sh"))[0],
        service["stop_grace_period"].removesuffix("s"),
        kubernetes()["Deployment"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"],
    ]
    assert len(waits) == 4
    assert all(int(seconds) > 10 for seconds in waits)


def test_one_pod_has_the_volume_at_a_time() -> None:
    """A second bot on the same file would refuse to start: the first one has to be gone before."""
    spec = kubernetes()["Deployment"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert kubernetes()["PersistentVolumeClaim"]["spec"]["accessModes"] == ["ReadWriteOnce"]


def dockerfile(word: str) -> str:
    """Give what an instruction of the Dockerfile says, the last one of its name."""
    found: list[str] = re.findall(rf"^{word} (.*)$", (README.parent / "Dockerfile").read_text(), re.MULTILINE)
    return found[-1]


def test_the_image_and_the_pod_run_as_the_user_that_it_names() -> None:
    user, group = dockerfile("USER").split(":")
    assert f"user {user} has to be able to read the secrets" in section("Docker")
    runs_as = kubernetes()["Deployment"]["spec"]["template"]["spec"]["securityContext"]
    assert [runs_as[key] for key in ("runAsUser", "runAsGroup", "fsGroup")] == [int(user), *[int(group)] * 2]


def test_the_image_asks_the_bot_whether_it_is_well() -> None:
    assert dockerfile("HEALTHCHECK").endswith(f'CMD ["python", "-m", "{health_check}"]')
