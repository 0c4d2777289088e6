"""How a full backup is taken, and how it is seen that it has finished.

Source of the statements and views: OceanBase's documentation of physical backup.
"""

import re

from bot.views.hints import Seen, Step, is_logical, is_old, rows_of_tenant

_TENANT = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)
"""The name of a tenant that stands in a statement as it is."""
_IN_SYS = "To take a full backup: in OCP, or in the cluster's sys tenant"
_ALL_IN_SYS = f"{_IN_SYS}; it is of all tenants"
_OF_ALL = "ALTER SYSTEM BACKUP DATABASE;"
_OLD_SETS = (
    "SELECT TENANT_ID, BACKUP_TYPE, START_TIME, COMPLETION_TIME, STATUS\n"
    "FROM oceanbase.CDB_OB_BACKUP_SET_DETAILS\n"
    "ORDER BY START_TIME;"
)
_SETS = "BACKUP_SET_ID, BACKUP_TYPE, START_TIMESTAMP, END_TIMESTAMP, STATUS"


def backup_steps(seen: Seen) -> tuple[Step, ...]:
    """Give what to run; nothing of logical backup, whose full backup is taken in OCP alone."""
    if is_logical(seen):
        return ()
    if is_old(seen):
        finished = (
            "There too: once it has finished, a full backup (D) that began after the lost log is listed"
        )
        return (Step(_ALL_IN_SYS, _OF_ALL), Step(finished, _OLD_SETS))
    if not seen.tenant:
        begun = Step(_ALL_IN_SYS, _OF_ALL)
    elif _TENANT.fullmatch(seen.tenant):
        begun = Step(_IN_SYS, f"ALTER SYSTEM BACKUP TENANT = {seen.tenant};")
    else:
        begun = Step("To take a full backup: in OCP, or in the tenant itself as its administrator", _OF_ALL)
    finished = (
        "In the sys tenant: a full backup (FULL or D) that began after the lost log is done at STATUS SUCCESS"
    )
    return begun, Step(finished, rows_of_tenant(seen, _SETS, "CDB_OB_BACKUP_SET_FILES"))
