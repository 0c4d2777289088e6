"""Who may log in to a simulated OCP, and how wrong logins lock them out."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.sandbox.ocp.refusal import RefusedError
from bot.sandbox.ocp.signature import SCHEME, ReceivedRequest, SignatureError, check_signature, signed_by


class Permission(StrEnum):
    """What a role allows, in OCP's words."""

    LIST_CLUSTERS = "CLUSTER_VIEWER"
    READ_BACKUP = "Read-only permission on cluster backup and recovery"


ALL_PERMISSIONS = frozenset(Permission)


@dataclass(slots=True)
class Account:
    """A user with a password and a key pair; everything may be changed while the server runs.

    ``wrong_logins`` counts every login that was refused, and ``in_a_row`` those since the last good one:
    at ``tries`` the account is disabled.
    """

    user: str = "logbackup"
    password: str = "only-for-the-simulated-ocp"  # noqa: S105 - opens nothing but the simulation
    access_key: str = "simulated-access-key"
    secret_key: str = "2fc0c299cc94c6be266f2ceece765d4d"  # noqa: S105 - as above; the vendor's example
    permissions: set[Permission] = field(default_factory=lambda: set(ALL_PERMISSIONS))
    tries: int = 5
    in_a_row: int = 0
    wrong_logins: int = 0
    disabled: bool = False

    def refuse(self) -> RefusedError:
        """Count a wrong login and say what OCP says to it."""
        self.wrong_logins += 1
        self.in_a_row += 1
        if self.in_a_row >= self.tries:
            self.disabled = True
        return self.disabled_refusal() if self.disabled else self._countdown()

    def disabled_refusal(self) -> RefusedError:
        """Say that the account is disabled."""
        return RefusedError(401, "IAM10007", "The account is disabled. Contact the administrator.")

    def _countdown(self) -> RefusedError:
        left = self.tries - self.in_a_row
        return RefusedError(
            401, "IAM10006", f"Incorrect username or password. You can try for {left} more times."
        )


class Accounts:
    """The accounts of one server."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        self.unknown_logins = 0

    @property
    def wrong_logins(self) -> int:
        """How many logins were refused, of known and unknown users."""
        return self.unknown_logins + sum(account.wrong_logins for account in self._accounts)

    @property
    def any_disabled(self) -> bool:
        """Whether somebody has been locked out."""
        return any(account.disabled for account in self._accounts)

    def named_by(self, request: ReceivedRequest) -> Account | None:
        """Return the account that a request claims to come from, its credentials unchecked."""
        scheme = request.header("Authorization").partition(" ")[0]
        if scheme == SCHEME:
            try:
                access_key = signed_by(request)[0]
            except SignatureError:
                return None
            return next((one for one in self._accounts if one.access_key == access_key), None)
        if scheme.lower() == "basic":
            user = _basic(request)[0]
            return next((one for one in self._accounts if one.user == user), None)
        return None

    def log_in(self, request: ReceivedRequest, now: datetime) -> Account:
        """Return the account whose credentials a request carries. Raises RefusedError (401)."""
        authorization = request.header("Authorization")
        if not authorization:
            raise RefusedError(401, "COM10401", "Not logged in.")
        account = self.named_by(request)
        if account is None:
            self.unknown_logins += 1
            raise RefusedError(401, "IAM10006", "Incorrect username or password.")
        if account.disabled:
            account.wrong_logins += 1
            raise account.disabled_refusal()
        if authorization.partition(" ")[0] == SCHEME:
            self._check_key(account, request, now)
        elif not hmac.compare_digest(_basic(request)[1].encode(), account.password.encode()):
            raise account.refuse()
        account.in_a_row = 0
        return account

    def _check_key(self, account: Account, request: ReceivedRequest, now: datetime) -> None:
        try:
            check_signature(request, {account.access_key: account.secret_key}, now)
        except SignatureError as error:
            refusal = account.refuse()
            refusal.message = f"{refusal.message} Signature: {error}."
            raise refusal from error


def _basic(request: ReceivedRequest) -> tuple[str, str]:
    try:
        text = base64.b64decode(request.header("Authorization").partition(" ")[2], validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    user, _, password = text.partition(":")
    return user, password
