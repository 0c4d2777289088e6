"""What a name may mean inside one cluster."""

from collections.abc import Callable, Sequence

from bot.domain.fleet import ClusterNow, TaskNow
from bot.domain.patterns import matches

Target = ClusterNow | tuple[TaskNow, ...]
"""A cluster, or the tasks of one tenant."""


def meant(cluster: ClusterNow, name: str, spelled: str, fold: Callable[[str], str]) -> list[Target]:
    """Give what a name means in one cluster: itself, the tasks of one of its tenants, or nothing."""
    label = fold(cluster.label if spelled == "name" else str(cluster.cluster.id))
    targets: list[Target] = []
    for prefix in (label, f"{fold(cluster.source)}/{label}"):
        if name == prefix:
            targets.append(cluster)
        elif name.startswith(prefix + "/"):
            tenant = name[len(prefix) + 1 :]
            tasks = [task for task in cluster.tasks if task.tenant_label is not None]
            by_name = [task for task in tasks if fold(task.tenant_label or "") == tenant]
            by_id = [task for task in tasks if task.task.key.tenant == tenant]
            targets.extend(_by_tenant(by_name or by_id))
    return targets


def _by_tenant(tasks: Sequence[TaskNow]) -> list[Target]:
    """Put the tasks of one tenant together: they differ only in where they write to."""
    by_tenant: dict[str | None, list[TaskNow]] = {}
    for task in tasks:
        by_tenant.setdefault(task.task.key.tenant, []).append(task)
    return [tuple(group) for group in by_tenant.values()]


def globbed(cluster: ClusterNow, pattern: str) -> list[Target]:
    """Give what a name with ``*`` means in one cluster; a star does not reach over a slash."""
    match pattern.split("/"):
        case [own]:
            return [cluster] if matches(own, cluster.label) else []
        case [first, second]:
            if matches(first, cluster.source) and matches(second, cluster.label):
                return [cluster]
            return _tenants_globbed(cluster, second) if matches(first, cluster.label) else []
        case [source, own, tenant] if matches(source, cluster.source) and matches(own, cluster.label):
            return _tenants_globbed(cluster, tenant)
        case _:
            return []


def _tenants_globbed(cluster: ClusterNow, pattern: str) -> list[Target]:
    tasks = [task for task in cluster.tasks if task.tenant_label and matches(pattern, task.tenant_label)]
    return [tuple(tasks)] if tasks else []
