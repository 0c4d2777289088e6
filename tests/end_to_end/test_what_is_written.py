"""What the program writes to the disk while it runs, and what it leaves there."""

from pathlib import Path

from tests.end_to_end.town import ALERTS, town


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


async def test_it_writes_into_its_folder_and_for_a_while_into_the_temporary_one(tmp_path: Path) -> None:
    """The database and its lock; the process that draws has a folder that goes with it. Nothing at home."""
    data, home, temporary = (tmp_path / name for name in ("data", "home", "tmp"))
    for folder in (data, home, temporary):
        folder.mkdir()
    places = {"HOME": str(home), "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}
    async with town(tmp_path, **places, BOT_DATABASE_URL=f"sqlite:///{data / 'bot.sqlite3'}") as world:
        world.program.environment = {
            name: value for name, value in world.program.environment.items() if not name.startswith("XDG_")
        }
        package = Path(__file__).parents[2] / "bot"
        before = files_of(package)
        await world.program.start()
        await world.until_said("Now watching log backup")
        await world.until_polled(4)
        await world.slack.until(lambda slack: slack.sockets, timeout=60)
        await world.slack.command("anna", ALERTS, "/logbackup", "chart pay/orders")
        await world.slack.until(lambda slack: slack.calls_of("files.completeUploadExternal"), timeout=60)
        assert [one.name for one in temporary.iterdir() if not one.name.startswith("logbackup-bot-")] == []
        assert await world.program.stop() == 0
        assert files_of(home) == files_of(temporary) == set()
        assert files_of(data) == {"bot.sqlite3", "bot.sqlite3.lock"}
        assert files_of(package) == before
