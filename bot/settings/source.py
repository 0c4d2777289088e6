"""One OCP: where it is, how to log in, which of its clusters to watch, and their limits."""

import base64
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.link import Link
from bot.settings.links import OcpPageTemplate
from bot.settings.thresholds import SourceLimits
from bot.settings.values import Names, OcpUrl, Secret, SourceLabel

DEFAULT_SOURCE = "ocp"


class SourceSettings(BaseModel):
    """One OCP: where it is, how to log in, and which of its clusters to watch."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: SourceLabel = Field(
        default=DEFAULT_SOURCE, description="What people call this OCP, as in prod/pay/orders."
    )
    url: OcpUrl | None = Field(default=None, description="OCP's address, as in https://ocp.example.com:8080.")
    user: str | None = Field(default=None, description="The user of the login by password.")
    password: Secret | None = Field(default=None, description="The password of that user.")
    access_key: Secret | None = Field(default=None, description="The access key of the login by AK/SK.")
    secret_key: Secret | None = Field(default=None, description="The secret key of the login by AK/SK.")
    ca_file: Path | None = Field(
        default=None,
        description="A file with the private certificate authority that signed OCP's certificate.",
    )
    allow_plain_http: bool = Field(
        default=False, description="Whether a password may travel over http to another machine."
    )
    link: OcpPageTemplate | None = Field(
        default=None,
        description="The address of a cluster's page in OCP, as in https://ocp.example.com/cluster/{id};"
        " {source}, {cluster}, {id} and {tenant} are filled in; by default OCP's own address.",
    )
    clusters: Names = Field(default=(), description="Names or OCP ids of the clusters to watch; none: all.")
    thresholds: SourceLimits = Field(default=SourceLimits(), description="Limits for this source alone.")

    @property
    def link_to_ocp(self) -> Link | None:
        """Where people find a cluster in OCP; None without an address."""
        return None if self.url is None else Link(self.link or self.url, otherwise=self.url)

    def secrets(self) -> Iterator[str]:
        """Give every secret, and every form in which one of them travels."""
        for secret in (self.password, self.access_key, self.secret_key):
            if secret is not None:
                yield secret.get_secret_value()
        if self.user is not None and self.password is not None:
            login = f"{self.user}:{self.password.get_secret_value()}"
            yield base64.b64encode(login.encode()).decode()
