"""What could not be read, in a sentence each; and the line that says what was read, and when."""

from datetime import tzinfo

from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow
from bot.domain.reading import PollFailure
from bot.views.wording import clean, count, ocp_name, plain_time

TOLD = 5
"""So many clusters of a source that cannot be read are told one by one; the rest is counted."""
_SENTENCE = 1000


def source_name(source: SourceNow) -> str:
    """Name a source: OCP, with the name that the settings give it."""
    return ocp_name(source.name)


def troubles(fleet: FleetSnapshot) -> list[str]:
    """Say of each source and cluster why it could not be read, or not whole."""
    return [sentence for source in fleet.sources for sentence in _of_source(source)]


def _of_source(source: SourceNow) -> list[str]:
    if source.failure is not None:
        return [_sentence(source.failure)]
    failed = [cluster for cluster in source.clusters if cluster.failure is not None]
    told = [_of_cluster(source, cluster) for cluster in failed[:TOLD]]
    if len(failed) > TOLD:
        told.append(f"{count(len(failed) - TOLD, 'more cluster')} of {source_name(source)} cannot be read.")
    return told + [
        f"{_cluster_name(source, cluster)}: {why}."
        for cluster in source.clusters
        if (why := _missing_parts(cluster))
    ]


def _cluster_name(source: SourceNow, cluster: ClusterNow) -> str:
    return f"Cluster {clean(cluster.label)} of {source_name(source)}"


def _of_cluster(source: SourceNow, cluster: ClusterNow) -> str:
    failure = cluster.failure
    sentence = "" if failure is None else _sentence(failure)
    return f"{_cluster_name(source, cluster)} cannot be read: {sentence}"


def _sentence(failure: PollFailure) -> str:
    trace = "" if failure.trace_id is None else f" OCP's trace id: {clean(failure.trace_id)}."
    return clean(failure.sentence, _SENTENCE) + trace


def _missing_parts(cluster: ClusterNow) -> str:
    """Say what is not there of a list that was read."""
    if cluster.failure is not None:
        return ""
    parts = [] if cluster.complete else ["its list could not be read to the end"]
    if cluster.skipped:
        parts.append(f"{count(cluster.skipped, 'row')} could not be understood")
    return ", and ".join(parts)


def read_words(fleet: FleetSnapshot, zone: tzinfo) -> str:
    """Say which OCPs were read and when, in the zone of the settings."""
    read = [source for source in fleet.sources if source.failure is None and source.read_at is not None]
    moments = [source.read_at for source in read if source.read_at is not None]
    if not moments:
        return ""
    when = plain_time(max(moments), zone)
    if len(fleet.sources) == 1:
        return f"{source_name(read[0])} read at {when}"
    of = "" if len(read) == len(fleet.sources) else f" of {len(fleet.sources):,}"
    return f"{len(read):,}{of} {'OCPs' if of or len(read) > 1 else 'OCP'} read at {when}"
