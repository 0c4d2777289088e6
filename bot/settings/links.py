"""Links that people are led to: a team's own pages, and OCP's page of a cluster, as the file writes them."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from bot.domain.link import PLACEHOLDER, Link
from bot.domain.runbook import Runbook
from bot.settings.selecting import Glob, Selection, items_of
from bot.settings.values import Label, split_address

_PLACES = ("source", "cluster", "id", "tenant")
_LONGEST = 1000
_NEVER_IN_ADDRESSES = re.compile(r"""[<>|"\\^`]""")


def _template(value: object, example: str, places: tuple[str, ...]) -> str:
    """Take an address with places such as ``{cluster}`` in it. Raises ValueError with a sentence's end."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError(f"is no web address: write for example {example}")
    text = value.strip()
    listed = ", ".join(f"{{{name}}}" for name in places)
    if not set(PLACEHOLDER.findall(text)) <= set(places):
        raise ValueError(f"has a place that nothing fills: the places are {listed}")
    if set("{}") & set(PLACEHOLDER.sub("", text)):
        raise ValueError(f"has a bracket alone: the places are {listed}")
    if PLACEHOLDER.search(re.split("[/?#]", text.partition("://")[2])[0]):
        raise ValueError(f"has a place in the name of the machine: write for example {example}")
    if _NEVER_IN_ADDRESSES.search(text):
        raise ValueError(f"has a character that no web address has: write for example {example}")
    split_address(PLACEHOLDER.sub("x", text), example)
    return text


def _page(value: object) -> str:
    return _template(value, "https://wiki.example.com/log-backup?cluster={cluster}", (*_PLACES, "problem"))


def _ocp_page(value: object) -> str:
    return _template(value, "https://ocp.example.com/cluster/{id}", _PLACES)


_ADDRESS = {"type": "string", "pattern": "^\\s*https?://"}
PageTemplate = Annotated[str, BeforeValidator(_page), WithJsonSchema(_ADDRESS)]
"""The address of a team's page: places in it are filled with what an incident is about."""
OcpPageTemplate = Annotated[str, BeforeValidator(_ocp_page), WithJsonSchema(_ADDRESS)]
"""The address of a cluster's page in OCP."""


def _statuses(value: object) -> tuple[str, ...]:
    return items_of(value, "[INTERRUPTED, failed]")


_WORDS = {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}
Statuses = Annotated[tuple[str, ...], BeforeValidator(_statuses), WithJsonSchema(_WORDS)]


class RunbookSettings(Selection):
    """One page of a team's own, and what it is about."""

    label: Label | None = Field(default=None, description="What the link is called.")
    link: PageTemplate | None = Field(
        default=None,
        description="Its address; {source}, {cluster}, {id}, {tenant} and {problem} are filled in.",
    )
    status: Statuses | None = Field(
        default=None, description="OCP's status, one or several; * stands for any letters."
    )
    error: Glob | None = Field(
        default=None, description='What OCP says is wrong, as in "*No space left*"; * stands for any letters.'
    )

    @property
    def runbook(self) -> Runbook | None:
        """Make the page; None where it is not written to its end."""
        if self.label is None or self.link is None:
            return None
        return Runbook(self.label, Link(self.link), self.selector, self.status or (), self.error)
