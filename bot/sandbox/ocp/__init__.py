"""A simulated OCP over a real socket, held strictly to the reference pages.

::

    async with SimulatedOcp(fleet, clock) as ocp:
        ...  # ocp.url, ocp.account, ocp.faults.status(500, Where(times=2)), ocp.requests, ocp.wrong_logins
"""

from bot.sandbox.ocp.accounts import Account, Accounts, Permission
from bot.sandbox.ocp.dialect import (
    DOCUMENTED,
    NEWER,
    OLDER,
    Delay,
    Dialect,
    ErrorCode,
    Integers,
    Offset,
    PageCount,
    PageSize,
    RowOrder,
    Selection,
    Sibling,
    TimeStyle,
)
from bot.sandbox.ocp.faults import Fault, Faults, Kind, Where
from bot.sandbox.ocp.request_log import LoggedRequest, RequestLog
from bot.sandbox.ocp.server import SimulatedOcp
from bot.sandbox.ocp.throttling import DEFAULT_WINDOWS, Throttle, Window

__all__ = [
    "DEFAULT_WINDOWS",
    "DOCUMENTED",
    "NEWER",
    "OLDER",
    "Account",
    "Accounts",
    "Delay",
    "Dialect",
    "ErrorCode",
    "Fault",
    "Faults",
    "Integers",
    "Kind",
    "LoggedRequest",
    "Offset",
    "PageCount",
    "PageSize",
    "Permission",
    "RequestLog",
    "RowOrder",
    "Selection",
    "Sibling",
    "SimulatedOcp",
    "Throttle",
    "TimeStyle",
    "Where",
    "Window",
]
