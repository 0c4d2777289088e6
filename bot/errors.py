"""Every failure the bot can name, each with its one sentence for people.

::

    BotError
    ├── UserMistake            what a person typed cannot be done; says what can
    ├── SettingsError          what was configured cannot work; all mistakes at once
    ├── SourceError            OCP could not be read
    │   ├── SourceUnreachable      no connection, or it broke
    │   ├── SourceTimeout          no answer in time
    │   ├── SourceBusy             429: OCP throttles us
    │   ├── SourceBroken           5xx: OCP failed
    │   ├── LoginRefused           401: must not be tried again by itself
    │   ├── PermissionMissing      403
    │   ├── NotFound               404
    │   ├── RequestRefused         400 and other 4xx
    │   ├── RedirectRefused        3xx: credentials are never carried elsewhere
    │   └── AnswerUnreadable       HTML, truncated JSON, a missing field, a list without end
    ├── SlackError             Slack could not be used
    │   ├── SlackTemporary         worth trying again
    │   └── SlackPermanent         will not work until somebody changes something
    │       └── NoSuchChannel          no channel of this name; which ones are near
    ├── StorageError           the database could not be used
    └── ChartError             a chart could not be drawn

Each carries ``temporary``: whether the same attempt may succeed later by itself.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import ClassVar


class BotError(Exception):
    """A failure with one sentence for people: what happened and what to do."""

    temporary: ClassVar[bool] = False

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UserMistake(BotError):  # noqa: N818 - a person's mistake, not the program's error
    """What a person typed cannot be done; the sentence says what can.

    ``suggestions`` are whole texts that would work, the likeliest first.
    """

    def __init__(self, sentence: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.suggestions = suggestions


class SettingsError(BotError):
    """The settings cannot work. ``mistakes`` has one sentence for each thing to mend."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__(" ".join(mistakes))
        self.mistakes = mistakes


class SourceError(BotError):
    """OCP could not be read.

    ``reason`` is a short stable word for metrics and logs; ``trace_id`` is OCP's own, which its
    support asks for; ``http_status`` the answer's status, if there was an answer; ``says`` what OCP itself
    gave as the reason, which the sentence quotes.
    """

    reason: ClassVar[str] = "error"

    def __init__(
        self,
        sentence: str,
        *,
        trace_id: str | None = None,
        http_status: int | None = None,
        says: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.trace_id = trace_id
        self.http_status = http_status
        self.says = says


class SourceUnreachable(SourceError):  # noqa: N818 - reads as the sentence it stands for
    """No connection could be made, or it broke."""

    temporary = True
    reason = "unreachable"


class SourceTimeout(SourceError):  # noqa: N818 - as above
    """No answer in time."""

    temporary = True
    reason = "timeout"


class SourceBusy(SourceError):  # noqa: N818 - as above
    """OCP throttles us (429). ``retry_after`` is how long it asks us to wait, if it said."""

    temporary = True
    reason = "throttled"

    def __init__(
        self,
        sentence: str,
        *,
        retry_after: timedelta | None = None,
        trace_id: str | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(sentence, trace_id=trace_id, http_status=http_status)
        self.retry_after = retry_after


class SourceBroken(SourceError):  # noqa: N818 - as above
    """OCP itself failed (5xx)."""

    temporary = True
    reason = "server error"


class LoginRefused(SourceError):  # noqa: N818 - as above
    """OCP refused the login (401). Trying again would count down to a locked account."""

    reason = "login refused"


class PermissionMissing(SourceError):  # noqa: N818 - as above
    """The login works but may not read this (403)."""

    reason = "permission missing"


class NotFound(SourceError):  # noqa: N818 - as above
    """OCP does not know this path or cluster (404)."""

    reason = "not found"


class RequestRefused(SourceError):  # noqa: N818 - as above
    """OCP refused the request itself (400 and other 4xx)."""

    reason = "request refused"


class RedirectRefused(SourceError):  # noqa: N818 - as above
    """OCP answered with a redirect; credentials are not carried to another address."""

    reason = "redirect refused"


class AnswerUnreadable(SourceError):  # noqa: N818 - as above
    """The answer is not what the document promises: HTML, truncated JSON, a list without end."""

    temporary = True
    reason = "answer unreadable"


class SlackError(BotError):
    """Slack could not be used. ``code`` is Slack's own error code, or a short word of ours."""

    def __init__(self, sentence: str, *, code: str) -> None:
        super().__init__(sentence)
        self.code = code


class SlackTemporary(SlackError):  # noqa: N818 - as above
    """Worth trying again.

    ``retry_after`` is how long Slack asks to wait; ``outcome_unknown`` means that the message may
    have been accepted all the same (a timeout, a reset, a 5xx after acceptance).
    """

    temporary = True

    def __init__(
        self,
        sentence: str,
        *,
        code: str,
        retry_after: timedelta | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(sentence, code=code)
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown


class SlackPermanent(SlackError):  # noqa: N818 - as above
    """Will not work until somebody changes something: not in channel, archived, token revoked."""


class NoSuchChannel(SlackPermanent):
    """A channel is named that the bot cannot see.

    ``near`` are the names that are nearest to it. The sentence, which anybody in Slack may come to read,
    leaves out the ``private`` ones of them.
    """

    def __init__(self, name: str, near: Sequence[str] = (), private: Collection[str] = ()) -> None:
        self.near = tuple(near)
        meant = did_you_mean([one for one in near if one not in private])
        super().__init__(
            f"Slack has no channel #{name} that the bot can see.{meant} Correct its name in BOT_ALERT_CHANNEL"
            " or the settings file, or create it; where it is private, invite the bot to it.",
            code="channel_not_found",
        )


def did_you_mean(channels: Sequence[str]) -> str:
    """Ask for the channels that may be meant, with a space before; nothing where there are none."""
    return f" Did you mean {' or '.join(f'#{one}' for one in channels)}?" if channels else ""


class StorageError(BotError):
    """The database could not be used."""


class ChartError(BotError):
    """A chart could not be drawn; what it would have shown can be said in words."""

    temporary = True
