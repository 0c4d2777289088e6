"""The list of clusters: parsed, and narrowed to those that the settings name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.patterns import nearest
from bot.domain.task import Cluster, ClusterId, ObClusterId, SourceName
from bot.ocp.pages import load_json
from bot.ocp.payloads import ClusterRow, Envelope, PageInfo, lenient
from bot.ocp.refusals import CLUSTERS, label, looks_like, refused_inside, unreadable
from bot.ocp.texts import printable, without_surrogates

_LIKE = 0.6
"""So like a name that is not there a cluster's must be to be offered in its place."""


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """One page of the list of clusters."""

    clusters: tuple[Cluster, ...]
    rows: int
    number: int | None
    pages: int | None

    def ends(self, asked: int) -> bool:
        """Whether nothing comes after this page, of which number ``asked`` was asked for."""
        return self.rows == 0 or (self.pages is not None and max(asked, self.number or 0) >= self.pages)


def parse_envelope(source: SourceName, answer: object) -> Envelope:
    """Read what an answer is wrapped in. Raises AnswerUnreadable where it is wrapped in nothing."""
    if not isinstance(answer, Mapping):
        raise unreadable(source, "JSON of another kind")
    envelope, _ = lenient(Envelope, {str(name): value for name, value in answer.items() if name != "data"})
    if envelope is None:
        raise unreadable(source, "JSON of another kind")
    return envelope


def parse_json(source: SourceName, body: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    """Parse an answer's JSON. Raises AnswerUnreadable."""
    try:
        return load_json(body)
    except ValueError:
        raise unreadable(source, looks_like(body)) from None


def parse_clusters(body: bytes, source: SourceName) -> ClusterPage:
    """Parse one page of the list of clusters. Raises a SourceError."""
    answer = parse_json(source, body)
    envelope = parse_envelope(source, answer)
    refusal = refused_inside(envelope, source, CLUSTERS)
    if refusal is not None:
        raise refusal
    data = answer.get("data")
    contents = data.get("contents") if isinstance(data, Mapping) else None
    page = data.get("page") if isinstance(data, Mapping) else None
    info = lenient(PageInfo, page)[0] if isinstance(page, Mapping) else None
    if contents is None and info is not None and info.total_elements == 0:
        contents = []
    if not isinstance(contents, list):
        raise unreadable(source, "an answer without a list of clusters", trace_id=envelope.trace_id)
    found = tuple(cluster for cluster in (_cluster(row, source) for row in contents) if cluster is not None)
    return ClusterPage(
        clusters=found,
        rows=len(contents),
        number=None if info is None else info.number,
        pages=None if info is None else info.pages,
    )


def _cluster(fields: object, source: SourceName) -> Cluster | None:
    """Translate a row; None for one without an id, which no path could be made of."""
    if not isinstance(fields, Mapping):
        return None
    clean = {
        str(name): without_surrogates(value) if isinstance(value, str) else value
        for name, value in fields.items()
    }
    row, _ = lenient(ClusterRow, clean)
    if row is None:
        return None
    return Cluster(
        source=source,
        id=ClusterId(row.id),
        name=printable(row.name) if row.name else None,
        ob_cluster_id=None if row.ob_cluster_id is None else ObClusterId(row.ob_cluster_id),
        version=printable(row.ob_version) if row.ob_version else None,
        type=printable(row.type) if row.type else None,
        status=printable(row.status) if row.status else None,
    )


@dataclass(frozen=True, slots=True)
class Watched:
    """The clusters to watch, and a sentence for each setting that names none."""

    clusters: tuple[Cluster, ...]
    unresolved: tuple[str, ...] = ()


def narrow(listed: Sequence[Cluster], wanted: Sequence[str], source: SourceName) -> Watched:
    """Pick the clusters that the settings name, in OCP's order.

    A cluster is meant by its name before its id. Clusters that share a name are all meant by it. An id
    that is not listed is watched all the same: the list may be narrower than the permission to read.
    """
    if not wanted:
        return Watched(tuple(listed))
    chosen: set[ClusterId] = set()
    by_id_alone: dict[ClusterId, Cluster] = {}
    unresolved = []
    for name in wanted:
        found = [cluster.id for cluster in listed if (cluster.name or "").casefold() == name.casefold()]
        number = id_of(name)
        if not found and number is not None:
            found = [number]
            if all(cluster.id != number for cluster in listed):
                by_id_alone[number] = Cluster(source, number)
        if not found:
            near = nearest(name, (cluster.name for cluster in listed if cluster.name), _LIKE)
            unresolved.append(
                f"{label(source)} lists no cluster named {printable(name, 64)}."
                f"{f' Did you mean {near[0]}?' if near else ''} Check OCP_CLUSTERS, and which clusters this"
                " login may see."
            )
        chosen.update(found)
    known = tuple(cluster for cluster in listed if cluster.id in chosen)
    return Watched(known + tuple(by_id_alone.values()), tuple(unresolved))


def means(wanted: Sequence[str], cluster: Cluster) -> bool:
    """Whether the settings mean a cluster that may not be listed any more; with none named, they mean all."""
    names = {name.casefold() for name in wanted}
    return (
        not wanted
        or (cluster.name or "").casefold() in names
        or any(id_of(name) == cluster.id for name in wanted)
    )


def by_id(wanted: Sequence[str], source: SourceName) -> Watched:
    """Make clusters of the ids in the settings, where the list of clusters may not be read."""
    clusters: dict[ClusterId, Cluster] = {}
    unresolved = []
    for name in wanted:
        number = id_of(name)
        if number is None:
            unresolved.append(
                f"{label(source)} does not let its list of clusters be read, so that the cluster named "
                f"{printable(name, 64)} cannot be found. Give its OCP id in OCP_CLUSTERS instead."
            )
        else:
            clusters[number] = Cluster(source, number)
    return Watched(tuple(clusters.values()), tuple(unresolved))


def id_of(text: str) -> ClusterId | None:
    """Read an OCP id; None where the text is none."""
    digits = text.strip()
    if digits.isascii() and digits.isdigit() and len(digits) < 19:  # noqa: PLR2004 - as long as a Java long
        return ClusterId(int(digits))
    return None
