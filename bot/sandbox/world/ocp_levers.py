"""What can be broken of the simulated OCP itself."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.sandbox.ocp import Fault, SimulatedOcp
from bot.sandbox.page import Lever
from bot.sandbox.world.switch import Switch

GROUP = "OCP"
WAIT = timedelta(seconds=30)
"""How long a throttled caller is told to wait."""
_OTHER_PASSWORD = "changed-by-somebody"  # noqa: S105 - opens nothing: it only differs from the right one


def ocp_levers(ocp: SimulatedOcp) -> Mapping[str, Lever]:
    """Give the switches of an OCP, by a stable word for each."""
    down = _fault(
        ocp,
        ("Take OCP down", "Bring OCP back", "OCP is down"),
        ocp.faults.reset,
        ("OCP breaks every connection off.", "OCP answers again."),
    )
    busy = _fault(
        ocp,
        ("Throttle OCP", "Throttle OCP no more", "OCP throttles"),
        lambda: ocp.faults.status(429, retry_after=WAIT),
        ("OCP answers every request with 429, wait 30 s.", "OCP takes requests again."),
    )
    return {"ocp_down": down, "ocp_login": _login(ocp), "ocp_busy": busy}


def _fault(
    ocp: SimulatedOcp, words: tuple[str, str, str], begin: Callable[[], Fault], said: tuple[str, str]
) -> Lever:
    present: list[Fault] = []

    def on() -> str:
        present.append(begin())
        return said[0]

    def off() -> str:
        ocp.faults.off(present.pop())
        return said[1]

    return Switch(*words, GROUP, lambda: bool(present), on, off).lever()


def _login(ocp: SimulatedOcp) -> Lever:
    account = ocp.account
    right = account.password

    def on() -> str:
        account.password = _OTHER_PASSWORD
        return "The bot's password is wrong from now on. It tries once, so as not to lock the account."

    def off() -> str:
        account.password, account.disabled, account.in_a_row = right, False, 0
        return "The password is right again. The bot tries within a simulated hour, or when it is restarted."

    return Switch(
        "Revoke the login",
        "Give the login back",
        "The bot's login is wrong",
        GROUP,
        lambda: account.password != right,
        on,
        off,
        "OCP disables an account after five wrong logins.",
    ).lever()
