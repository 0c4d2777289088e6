"""The container image: no engine builds it here, so its file is read, and its steps are run in a folder."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.healthcheck import trouble
from bot.settings import load

ROOT = Path(__file__).resolve().parents[2]
SWITCH = "LOGBACKUP_TEST_NETWORK"
NOBODY = 65_534


def steps() -> list[tuple[str, str]]:
    """Read the Dockerfile: each instruction and what it says, continued lines joined."""
    text = "\n".join(
        line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")
    )
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest.strip()) for line in lines if line.strip() for word, _, rest in [line.partition(" ")]]


def the(word: str) -> str:
    """Give what the last such instruction says."""
    return [said for instruction, said in steps() if instruction == word][-1]


def variables() -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\S+)", the("ENV")))


def stages() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    _, second = (number for number, (word, _) in enumerate(steps()) if word == "FROM")
    return steps()[1:second], steps()[second + 1 :]


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Read a lock: each package's version and the number of its hashes."""
    found: dict[str, tuple[str, int]] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text()):
        match = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", entry)
        if match:
            found[canonicalize_name(match[1])] = (match[2], entry.count("--hash=sha256:"))
    return found


def test_the_bot_runs_as_nobody_in_particular_and_keeps_its_data_in_its_volume() -> None:
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", the("USER"))
    assert the("VOLUME") == "/data"
    settings = load({name: value for name, value in variables().items() if name.startswith("BOT_")}).settings
    assert settings.database_url.get_secret_value().startswith("sqlite:////data/")
    assert settings.http_host == "0.0.0.0"  # noqa: S104 - a container is reached from outside
    assert the("EXPOSE") == str(settings.http_port)


def test_the_default_command_is_the_bot_itself() -> None:
    assert (the("ENTRYPOINT"), the("CMD")) == ('["logbackup-bot"]', '["run"]')


def test_every_installation_is_locked_or_needs_nothing_from_outside() -> None:
    installations = [
        said
        for word, said in steps()
        if word == "RUN" and re.search(r"\b(install -|install --no|wheel)", said)
    ]
    pips = [said for said in installations if "/bin/pip" in said]
    assert len(pips) == 4
    for said in pips:
        assert "--require-hashes" in said or "--no-deps" in said, said


def test_what_is_copied_exists_and_reaches_the_engine() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    reaching = [line.removeprefix("!") for line in lines if line.startswith("!")]
    copied = [
        name
        for word, said in steps()
        if word == "COPY" and "--from" not in said
        for name in said.split()[:-1]
    ]
    assert sorted(copied) == sorted(reaching)
    assert [name for name in copied if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    ("lock", "part"), [("requirements.lock", "project"), ("requirements-build.lock", "build-system")]
)
def test_the_lock_fits_the_project(lock: str, part: str) -> None:
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())[part]
    wanted = about.get("requires") or [*about["dependencies"], *about["optional-dependencies"]["postgres"]]
    packages = locked(lock)
    for requirement in map(Requirement, wanted):
        version, _ = packages[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}"
    assert [name for name, (_, hashes) in packages.items() if not hashes] == []


class Answering(BaseHTTPRequestHandler):
    """Answers ``/healthz`` on one port."""

    status = 200

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
        return number


@pytest.mark.parametrize(
    "environment",
    [
        {"BOT_HTTP_PORT": "{port}"},
        {"BOT_HTTP_PORT": "{port}", "BOT_HTTP_HOST": "0.0.0.0"},  # noqa: S104 - as in the image
        {"BOT_METRICS_PORT": "{port}"},
        {"BOT_METRICS_PORT": "{port}", "BOT_METRICS_HOST": "127.0.0.1", "HTTP_PROXY": "http://127.0.0.1:1"},
    ],
)
def test_a_bot_that_answers_is_well_wherever_it_listens(environment: dict[str, str], port: int) -> None:
    given = {name: value.format(port=port) for name, value in environment.items()}
    assert trouble(given) is None


def test_a_bot_that_fails_is_not_well(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answering, "status", 500)
    assert trouble({"BOT_HTTP_PORT": str(port)}) == "The bot answers with 500."


def test_a_bot_that_is_not_there_is_not_well() -> None:
    number = free_port()
    told = trouble({"BOT_HTTP_PORT": str(number)})
    assert told is not None
    assert told.startswith(f"The bot does not answer on port {number}: ")


def test_wrong_settings_are_not_well() -> None:
    assert trouble({"BOT_HTTP_PORT": "x"}) == "BOT_HTTP_PORT has to be a whole number."


class Folder:
    """A folder that stands for the root of the image while its steps run in it, as an ordinary user."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.workplace = path

    def inside(self, text: str) -> str:
        """Move the image's own paths into the folder."""
        moved = re.sub(r"(?<![\w./])/(app|tools|wheels|src|data)\b", rf"{self.path}/\1", text)
        return moved.replace("sqlite:////", f"sqlite:///{self.path}/")

    def copy(self, said: str) -> None:
        *names, target = said.split()
        folder = Path(self.inside(target)) if target.startswith("/") else self.workplace / target
        for name in names:
            if (ROOT / name).is_dir():
                shutil.copytree(
                    ROOT / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy(ROOT / name, folder)
        self.give_away()

    def give_away(self) -> None:
        """Make everything the ordinary user's."""
        if os.geteuid() == 0:
            for path in (self.path, *self.path.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    def start(self, *command: str, environment: dict[str, str]) -> subprocess.Popen[str]:
        user = NOBODY if os.geteuid() == 0 else None
        return subprocess.Popen(  # noqa: S603 - the Dockerfile's own words
            command,
            cwd=self.workplace,
            env={"HOME": str(self.path), **environment},
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def python(self) -> Path:
        """Make a folder in which ``python`` is one that the ordinary user may run."""
        folder = self.path / "python"
        folder.mkdir()
        for candidate in (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"):
            (folder / "python").unlink(missing_ok=True)
            (folder / "python").symlink_to(Path(candidate).resolve())
            probe = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
            with self.start("/bin/sh", "-c", f"{folder}/python -c '{probe}'", environment={}) as trial:
                trial.communicate(timeout=30)
            if trial.returncode == 0:
                return folder
        pytest.skip("no Python of 3.11 or later here is open to an ordinary user")

    def run(self, *command: str, environment: dict[str, str]) -> str:
        with self.start(*command, environment=environment) as process:
            output, _ = process.communicate(timeout=600)
        assert process.returncode == 0, f"{command}\n{output}"
        return output


@pytest.fixture
def image() -> Iterator[Folder]:
    path = Path(tempfile.mkdtemp(prefix="image-"))
    path.chmod(0o755)
    yield Folder(path)
    shutil.rmtree(path)


def is_well_in_time(image: Folder, bot: subprocess.Popen[str], running: dict[str, str]) -> bool:
    """Ask the health check until it says yes."""
    said = next(said for word, said in steps() if word == "HEALTHCHECK")
    program, *arguments = json.loads(said.partition("CMD ")[2])
    ask = (f"{image.path}/app/bin/{program}", *arguments)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and bot.poll() is None:
        with image.start(*ask, environment=running) as asked:
            asked.communicate(timeout=30)
        if asked.returncode == 0:
            return True
    return False


@pytest.mark.skipif(
    not os.environ.get(SWITCH), reason=f"installs every locked package; set {SWITCH}=1 to run it"
)
def test_the_steps_end_in_a_bot_that_runs_as_an_ordinary_user(image: Folder) -> None:
    """The first stage is run to the letter, then the bot with the second stage's variables."""
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    building = {**pip, "PATH": f"{image.python()}:/usr/bin:/bin"}
    first, second = stages()
    for word, said in first:
        if word == "WORKDIR":
            image.workplace = Path(image.inside(said))
            image.workplace.mkdir()
            image.give_away()
        elif word == "COPY":
            image.copy(said)
        elif word == "RUN":
            image.run("/bin/sh", "-ec", image.inside(said), environment=building)
    image.workplace = image.path / "data"
    image.workplace.mkdir()
    for word, said in second:
        if word == "COPY" and "--from" not in said:
            image.copy(said)
    image.give_away()
    running = {name: image.inside(value) for name, value in variables().items()}
    running |= {"PATH": f"{image.path}/app/bin:/usr/bin:/bin", "BOT_HTTP_PORT": str(free_port())}
    running |= {
        "SLACK_BOT_TOKEN": "xoxb-made-up",
        "SLACK_APP_TOKEN": "xapp-made-up",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "BOT_ALERT_CHANNEL": "C0123456789",
        "OCP_URL": "http://127.0.0.1:9",
        "OCP_USER": "u",
        "OCP_PASSWORD": "made-up",
    }
    program = f"{image.path}/app/bin/logbackup-bot"
    assert "run" in image.run(program, "--help", environment=running)
    with image.start(program, "run", environment=running) as bot:
        try:
            well = is_well_in_time(image, bot, running)
        finally:
            bot.terminate()
            output, _ = bot.communicate(timeout=30)
    assert well, output
    assert (image.path / "data" / "logbackup-bot.sqlite3").is_file()
