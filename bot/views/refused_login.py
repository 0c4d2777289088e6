"""What is said of a refused login: the polls that follow do not try it, so that no account is locked."""

from bot.domain.evidence import Evidence, NotRead
from bot.errors import LoginRefused

TRIED = "The login is tried once an hour at most, not with each poll"


def is_refused_login(because: Evidence) -> bool:
    """Whether an OCP cannot be read because it refuses the login."""
    return isinstance(because, NotRead) and because.reason == LoginRefused.reason
