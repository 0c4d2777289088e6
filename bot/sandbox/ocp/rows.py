"""Clusters and tasks of a fleet as JSON objects, in the dialect of the server or cluster."""

from datetime import timedelta

from bot.sandbox.fleet import SimulatedCluster, TaskRow
from bot.sandbox.ocp.dialect import Delay, Dialect


def task_object(row: TaskRow, dialect: Dialect) -> dict[str, object]:
    """Make the LogBackupWrapperTask of a row."""
    task, times = row.task, dialect.task_times
    of_tenant = task.tenant is not None
    fields: dict[str, object] = {
        "createTime": times.write(row.created_at),
        # The vendor's sample, a backup of a whole cluster, has none.
        "modifyTime": times.write(row.modified_at) if of_tenant else None,
        "clusterName": task.cluster.name,
        "clusterId": task.cluster.id,
        "obClusterId": task.cluster.ob_cluster_id,
        "obTenantId": task.ob_tenant_id,
        "clusterType": task.cluster.type,
        "tenantId": task.tenant_id,
        "tenantName": task.tenant,
        "status": dialect.statuses.get(row.status, row.status),
        "errorMsg": row.error,
        "backupUri": task.uri,
        "checkpoint": times.write(row.checkpoint),
        "backupMode": task.mode,
        "delay": _delay(row.delay, dialect.delay),
    }
    if dialect.agent_server:
        fields["agentServerIp"] = task.agent_server
    if dialect.backup_dimension:
        fields["backupDimension"] = "TENANT" if of_tenant else "CLUSTER"
    return _dressed(fields, dialect)


def cluster_object(cluster: SimulatedCluster, tenants: int, dialect: Dialect) -> dict[str, object]:
    """Make an entry of the cluster list."""
    return _trimmed(
        {
            "id": cluster.id,
            "name": cluster.name,
            "obClusterId": cluster.ob_cluster_id,
            "obVersion": cluster.version,
            "type": cluster.type,
            "status": cluster.status,
            "tenantCount": tenants,
        },
        dialect,
    )


def overview_object(cluster: SimulatedCluster, rows: list[TaskRow], dialect: Dialect) -> dict[str, object]:
    """Make the backup overview of a cluster: its furthest checkpoint behind decides."""
    worst = max(rows, key=lambda row: row.delay, default=None)
    return _trimmed(
        {
            "clusterId": cluster.id,
            "clusterName": cluster.name,
            "obClusterId": cluster.ob_cluster_id,
            "latestLogBackupCheckpoint": worst and dialect.task_times.write(worst.checkpoint),
            "logBackupDelaySeconds": worst and int(worst.delay.total_seconds()),
            "backupScheduleStatus": _schedule(rows),
        },
        dialect,
    )


def strategy_object(cluster: SimulatedCluster) -> dict[str, object]:
    """Make the backup strategy of a cluster, as far as it is about log backup."""
    seconds = int(cluster.delay_alarm.total_seconds())
    return {"obBackupThresholdConfig": {"logBackupDelaySeconds": seconds}}


def _schedule(rows: list[TaskRow]) -> str:
    statuses = {row.status for row in rows}
    if not rows:
        return "NONE"
    if statuses & {"FAILED", "INTERRUPTED"}:
        return "ABNORMAL"
    if statuses <= {"SUSPENDED", "STOP"}:
        return "PAUSED"
    return "WAITING" if statuses <= {"STARTING"} else "NORMAL"


def _delay(delay: timedelta, style: Delay) -> float | int:
    seconds = delay.total_seconds()
    return round(seconds, 4) if style is Delay.FRACTIONAL else int(seconds)


def _dressed(fields: dict[str, object], dialect: Dialect) -> dict[str, object]:
    fields |= dialect.extra
    return _trimmed({name: value for name, value in fields.items() if name not in dialect.left_out}, dialect)


def _trimmed(fields: dict[str, object], dialect: Dialect) -> dict[str, object]:
    if not dialect.nulls_omitted:
        return fields
    return {name: value for name, value in fields.items() if value is not None}
