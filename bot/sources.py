"""OCP as the settings describe it: its clients, its logins and what to do about them, and its limits."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.roster import ThresholdsFor
from bot.domain.task import UNNAMED_SOURCE, ClusterId, SourceName
from bot.domain.thresholds import Thresholds
from bot.errors import LoginRefused
from bot.ocp.authentication import AccessKeyAuthentication, Authentication, BasicAuthentication
from bot.ocp.client import OcpClient, PageListener
from bot.operations.ports import Clock
from bot.settings import Settings, SourceSettings
from bot.views.wording import clean, ocp_name


def ocp_client(source: SourceSettings, clock: Clock, *, on_page: PageListener | None = None) -> OcpClient:
    """Make the client of one OCP from its settings."""
    return OcpClient(
        SourceName(source.name),
        str(source.url),
        authentication_of(source, clock),
        clock,
        clusters=source.clusters,
        ca_file=source.ca_file,
        on_page=on_page,
    )


def login_of(source: SourceSettings) -> str:
    """Name the login that the settings give, for people."""
    return "the access key" if source.access_key is not None else f"the login of {clean(source.user or '')}"


def login_refused(source: SourceSettings, refusal: LoginRefused | None) -> str:
    """Say what somebody in a shell does about a refused login: nothing is tried again by itself there."""
    what, keys = (
        ("OCP_USER and OCP_PASSWORD", "")
        if source.access_key is None
        else ("OCP_ACCESS_KEY and OCP_SECRET_KEY", " Access keys need OCP 4.0.3 or later.")
    )
    if source.name != UNNAMED_SOURCE:
        what = what.replace("OCP_", "").replace("_", " ").lower() + f" of {clean(source.name)}"
    says = "" if refusal is None or refusal.says is None else f' OCP says: "{refusal.says}"'
    return (
        f"{ocp_name(source.name)} refused {login_of(source)} (HTTP 401): correct {what}, then try again."
        f" It was tried a single time, since OCP locks an account after some wrong logins.{keys}{says}"
    )


def authentication_of(source: SourceSettings, clock: Clock) -> Authentication:
    """Choose the login that the settings give: AK/SK, or user and password."""
    if source.access_key is not None and source.secret_key is not None:
        return AccessKeyAuthentication(
            source.access_key.get_secret_value(), source.secret_key.get_secret_value(), clock
        )
    password = "" if source.password is None else source.password.get_secret_value()
    return BasicAuthentication(source.user or "", password)


def thresholds_of(
    settings: Settings, ocp_limits: Mapping[ClusterId, timedelta] | None = None
) -> ThresholdsFor:
    """Give the limits of a task by the settings, as the rules ask for them.

    ``ocp_limits`` are the delays at which OCP's own alarm fires, for those whom the settings let obey it.
    """
    table = settings.threshold_table

    def limits(
        source: SourceName, cluster_id: ClusterId | None, cluster: str | None, tenant: str | None
    ) -> Thresholds:
        own = ocp_limits.get(cluster_id) if ocp_limits and cluster_id is not None else None
        return table.thresholds(source, cluster, cluster_id, tenant, own)

    return limits
