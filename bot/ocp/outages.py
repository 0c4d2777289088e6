"""Why OCP could not be reached, in a sentence."""

import socket
import ssl
from collections.abc import Iterator

import httpx

from bot.domain.task import SourceName
from bot.errors import SourceUnreachable
from bot.ocp.refusals import label
from bot.ocp.texts import quoted

_NESTING = 12


class CertificateUntrusted(SourceUnreachable):
    """The certificate does not prove that this is OCP; asking again proves nothing more."""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk down to what really happened."""
    found: list[BaseException] = [error]
    for _ in range(_NESTING):
        if not found:
            return
        current = found.pop()
        yield current
        if isinstance(current, BaseExceptionGroup):
            found.extend(current.exceptions)
        inner = current.__cause__ or current.__context__
        if inner is not None:
            found.append(inner)


def outage(source: SourceName, address: str, error: httpx.HTTPError) -> SourceUnreachable:
    """Say why there was no connection, or why it broke."""
    who = label(source)
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError(verify_message=why):
                return CertificateUntrusted(
                    f"{who} has a certificate that is not trusted ({quoted(why)}). Set "
                    "OCP_CA_FILE to the authority that signed it, and OCP_URL to a name that it holds for."
                )
            case ssl.SSLError() if getattr(cause, "reason", None) in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"}:
                return SourceUnreachable(
                    f"{who} does not speak https at {address}. OCP_URL may have to begin with http://."
                )
            case socket.gaierror():
                return SourceUnreachable(
                    f"{who} cannot be reached: the name in {address} is not known. Check OCP_URL and the DNS."
                )
            case ConnectionRefusedError():
                return SourceUnreachable(
                    f"{who} cannot be reached: nothing listens at {address}. Is OCP up, and OCP_URL right?"
                )
    if isinstance(error, httpx.ConnectError):
        return SourceUnreachable(
            f"{who} cannot be reached at {address}. Check OCP_URL, and the network between the bot and OCP."
        )
    return SourceUnreachable(f"The connection to {who} at {address} broke before its answer was complete.")
