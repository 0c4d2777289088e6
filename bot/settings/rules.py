"""What single values cannot know: which settings belong together, and which a command cannot do without."""

import ssl
from collections.abc import Collection, Iterator
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings.document import Where
from bot.settings.entries import Entries
from bot.settings.entry_rules import idle, incomplete
from bot.settings.model import Settings
from bot.settings.source import SourceSettings
from bot.settings.spans import spoken
from bot.settings.thresholds import PAIRS, ClusterLimits, SourceLimits, TenantLimits
from bot.settings.values import is_loopback


class Need(StrEnum):
    """A part of the settings that a command may not be able to do without."""

    OCP = "ocp"
    SLACK = "slack"
    ALERT_CHANNEL = "alert channel"


EVERYTHING = frozenset(Need)


def missing(
    settings: Settings, entries: Entries, broken: Collection[Where], needs: Collection[Need]
) -> Iterator[str]:
    """Say what is not there and needed; what was written wrongly is not missing."""
    if Need.SLACK in needs:
        yield from _missing_slack(settings, broken)
    if Need.ALERT_CHANNEL in needs and settings.alert_channel is None and ("alert_channel",) not in broken:
        yield (
            "BOT_ALERT_CHANNEL is missing: set it to the channel where alerts go, for example #log-backup,"
            " and invite the bot to it."
        )
    if Need.OCP in needs and ("sources",) not in broken:
        if entries.sources_are_listed and not settings.sources:
            yield "sources lists no OCP: add an entry with its name, url and login."
            return
        for position, source in enumerate(settings.sources or (SourceSettings(),)):
            yield from _missing_ocp(source, position, entries, broken)


def _missing_slack(settings: Settings, broken: Collection[Where]) -> Iterator[str]:
    def absent(name: str) -> bool:
        return getattr(settings, name) is None and (name,) not in broken

    if absent("slack_bot_token"):
        yield "SLACK_BOT_TOKEN is missing: set it to the app's bot token, which begins with xoxb-."
    if absent("slack_app_token") and absent("slack_signing_secret"):
        yield (
            "SLACK_APP_TOKEN is missing: set it to an app-level token, which begins with xapp-,"
            " for Socket Mode; or set SLACK_SIGNING_SECRET for requests over HTTP."
        )


def _missing_ocp(
    source: SourceSettings, position: int, entries: Entries, broken: Collection[Where]
) -> Iterator[str]:
    def word(name: str) -> str:
        return entries.source_word(position, name)

    def given(name: str) -> bool:
        return getattr(source, name) is not None or ("sources", position, name) in broken

    if ("sources", position) in broken:
        return
    if not given("url"):
        yield f"{word('url')} is missing: set it to OCP's address, for example https://ocp.example.com:8080."
    pairs = (("user", "password"), ("access_key", "secret_key"))
    if not any(given(name) for pair in pairs for name in pair):
        yield (
            "The login for OCP is missing:"
            " set OCP_USER and OCP_PASSWORD, or OCP_ACCESS_KEY and OCP_SECRET_KEY."
            if not entries.sources_are_listed
            else f"The login of source {entries.source_name(position)} is missing:"
            " give it user and password, or access_key and secret_key."
        )
    for pair in pairs:
        for name, other in (pair, pair[::-1]):
            if given(other) and not given(name):
                yield f"{word(name)} is missing: it belongs to {word(other)}."


def conflicts(settings: Settings, entries: Entries, broken: Collection[Where]) -> Iterator[str]:
    """Say what cannot go together."""
    seen: set[str] = set()
    for position, source in enumerate(settings.sources):
        if {("sources", position), ("sources", position, "name")} & set(broken):
            continue
        if source.name.casefold() in seen:
            yield f"Two sources are named {source.name}: give each a name of its own."
        seen.add(source.name.casefold())
    for position, source in enumerate(settings.sources):
        yield from _conflicts_of_source(source, position, entries)
        yield from _inverted(source.thresholds, entries, ("sources", position, "thresholds"))
    yield from _inverted(settings.thresholds, entries, ("thresholds",))
    yield from incomplete(settings, entries, broken)


def doubts(settings: Settings, entries: Entries) -> Iterator[str]:
    """Say what works and should be looked at all the same."""
    for position, source in enumerate(settings.sources):
        if source.access_key is not None and source.url is not None and _is_open(source.url):
            yield (
                f"{entries.source_word(position, 'url')} is plain http to another machine: nobody can read"
                " the secret key on the way, but everybody can read OCP's answers."
            )
    if _is_open(settings.slack_api_url):
        yield "SLACK_API_URL is plain http to another machine: Slack's tokens can be read on the way."
    yield from idle(settings, entries)


def _conflicts_of_source(source: SourceSettings, position: int, entries: Entries) -> Iterator[str]:
    def word(name: str) -> str:
        return entries.source_word(position, name)

    by_password = source.user is not None or source.password is not None
    by_key = source.access_key is not None or source.secret_key is not None
    if by_password and by_key:
        yield (
            f"There are two logins for one OCP: keep {word('user')} and {word('password')},"
            f" or {word('access_key')} and {word('secret_key')}."
        )
    if source.user is not None and ":" in source.user:
        yield f"{word('user')} holds a colon, which no login by password can carry."
    if source.url is not None and _is_open(source.url) and by_password and not source.allow_plain_http:
        yield (
            f"{word('url')} is plain http to another machine, and the password could be read on the way:"
            f" use https, or an access key, or set {word('allow_plain_http')} to true."
        )
    if source.ca_file is not None:
        why = _unusable(source.ca_file)
        if why is not None:
            yield f"{word('ca_file')} {why}."


def _is_open(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def _unusable(path: Path) -> str | None:
    """Say why a file cannot serve as certificate authority; None: it can."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        return "names a file that holds no certificate in PEM form"
    except (OSError, ValueError) as error:
        return f"names a file that cannot be read: {getattr(error, 'strerror', None) or 'no path'}"
    return None


def _inverted(limits: TenantLimits, entries: Entries, where: Where) -> Iterator[str]:
    """Find warnings above their critical that were written side by side."""
    for pair in PAIRS:
        warning = getattr(limits, f"{pair}_warning", None)
        critical = getattr(limits, f"{pair}_critical", None)
        if warning is not None and critical is not None and warning > critical:
            yield (
                f"{entries.label((*where, f'{pair}_warning'))} is {spoken(warning)} and comes after"
                f" {pair}_critical, {spoken(critical)}: swap them."
            )
    if isinstance(limits, ClusterLimits):
        for name, of_tenant in limits.tenants.items():
            yield from _inverted(of_tenant, entries, (*where, "tenants", name))
    if isinstance(limits, SourceLimits):
        for name, of_cluster in limits.clusters.items():
            yield from _inverted(of_cluster, entries, (*where, "clusters", name))
