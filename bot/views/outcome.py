"""What log backup will be once a status that lasts too long has passed."""

from bot.domain.status import Meaning, read_status


def becomes(reported: str) -> str:
    """Say what comes after a status, as the end of a sentence; empty where log backup will run."""
    if read_status(reported).meaning is not Meaning.STOPPING:
        return ""
    pauses = reported.upper() == "SUSPENDING"
    does, then = ("pausing", "paused") if pauses else ("stopping", "off")
    return f": somebody is {does} log backup, and it will be {then} afterwards"
