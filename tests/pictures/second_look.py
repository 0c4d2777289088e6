"""Draws golden messages as others draw them: ``python tests/pictures/second_look.py PICTURE [NAME ...]``.

For looking, not for the suite. It takes Debian's chromium, and slack-blocks-to-jsx@1.1.1, react@18 and
react-dom@18, installed by npm into the folder that LOGBACKUP_NPM_PACKAGES names.
"""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.async_api import async_playwright

HERE = Path(__file__).parent
GOLDENS = HERE.parent / "golden" / "views"
NODE = shutil.which("node") or "node"


def drawn(names: list[str]) -> str:
    """Draw the golden messages of these names, or all of them, on one page."""
    files = sorted(GOLDENS.glob("*.json"))
    chosen = [file for file in files if file.stem in names or not names]
    messages = [{"name": file.stem, **json.loads(file.read_text())} for file in chosen]
    page = subprocess.run(  # noqa: S603 - our own script
        [NODE, str(HERE / "second_look.mjs")],
        input=json.dumps(messages),
        text=True,
        check=True,
        stdout=subprocess.PIPE,
    )
    return page.stdout


async def take(picture: Path, names: list[str]) -> None:
    """Take the picture."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport={"width": 760, "height": 900}, timezone_id="UTC")
        await page.set_content(drawn(names))
        await page.screenshot(path=picture, full_page=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1]), sys.argv[2:]))
