"""Which incidents an entry of the file means: by source, cluster, tenant, problem and severity."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from bot.domain.naming import Scope
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Selector
from bot.domain.silence import Matcher

_LONGEST_GLOB = 200
_SEVERITIES = {severity.word: severity for severity in Severity}


def _glob(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("has to be one name; * stands for any letters")  # noqa: TRY004 - pydantic takes a ValueError for a mistake
    text = value.strip()
    if not text or not text.isprintable() or len(text) > _LONGEST_GLOB:
        raise ValueError("is no name: write for example pay, or pay-* for all that begin so")
    return text


Glob = Annotated[str, BeforeValidator(_glob)]
"""One name, in which ``*`` stands for any letters."""


def items_of(value: object, example: str) -> tuple[str, ...]:
    """Take a list, or text with commas, apart into its items, each once. Raises ValueError."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"is not a list: write for example {example}")
    items = tuple(dict.fromkeys(text for item in value if (text := item.strip())))
    if not items:
        raise ValueError(f"is empty: write for example {example}, or remove the line")
    return items


def _problems(value: object) -> tuple[Problem, ...]:
    words = items_of(value, "[failed, stalled]")
    if not all(word.lower() in set(Problem) for word in words):
        raise ValueError(f"has a word that is no problem: the problems are {_listed(Problem)}")
    return tuple(Problem(word.lower()) for word in words)


def _severities(value: object) -> tuple[Severity, ...]:
    words = items_of(value, "critical")
    if not all(word.lower() in _SEVERITIES for word in words):
        raise ValueError(f"has a word that is no severity: the severities are {_listed(_SEVERITIES)}")
    return tuple(_SEVERITIES[word.lower()] for word in words)


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}"


def one_or_several(words: Iterable[str]) -> WithJsonSchema:
    """Describe a value that is one of these words, or a list of them, or text with commas."""
    word = {"enum": list(words)}
    return WithJsonSchema({"anyOf": [word, {"type": "array", "items": word}, {"type": "string"}]})


Problems = Annotated[tuple[Problem, ...], BeforeValidator(_problems), one_or_several(Problem)]
Severities = Annotated[
    tuple[Severity, ...],
    BeforeValidator(_severities),
    PlainSerializer(lambda found: [severity.word for severity in found], return_type=list[str]),
    one_or_several(_SEVERITIES),
]


class Selection(BaseModel):
    """Which incidents an entry is about; what is not written narrows nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    source: Glob | None = Field(default=None, description="The source's name; * stands for any letters.")
    cluster: Glob | None = Field(
        default=None, description="The cluster's name or OCP id; * stands for any letters."
    )
    tenant: Glob | None = Field(default=None, description="The tenant's name; * stands for any letters.")
    problem: Problems | None = Field(default=None, description="One problem or several.")
    severity: Severities | None = Field(default=None, description="critical, warning, or both.")

    @property
    def narrows(self) -> bool:
        """Whether anything at all was written."""
        return any((self.source, self.cluster, self.tenant, self.problem, self.severity))

    @property
    def scope(self) -> Scope:
        """The names that it means."""
        return Scope(source=self.source, cluster=self.cluster, tenant=self.tenant)

    @property
    def selector(self) -> Selector:
        """The same, for routes and digests."""
        return Selector(self.scope, self.problem or (), self.severity or ())

    @property
    def matcher(self) -> Matcher:
        """The same, for silences."""
        return Matcher(self.scope, self.problem or (), self.severity or ())
