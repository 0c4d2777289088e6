"""Where logs are shipped to, without the credentials that OCP may send along.

``oss://bucket/path?host=...&access_id=...&access_key=...`` keeps scheme, host without userinfo, path
and the ``host`` parameter: the rule for everything stored, logged or posted.
"""

import re
from urllib.parse import parse_qs, quote, unquote, urlsplit

_URI = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,31}:/{1,3}[^\s\"'<>]*")
_TRAILING = ".,;:!?)]}"
_USERINFO = re.compile(r"://[^/?#\s]*@")
_CREDENTIAL = re.compile(
    r"(?i)((?:access[_-]?(?:key|id)(?:[_-]?(?:id|secret))?|secret[_-]?(?:key|id)?|passw(?:or)?d|token|signature"
    r"|authorization)[\"']?\s{0,3}[=:]\s{0,3}[\"']?)(?:(?:basic|bearer|OCP-ACCESS-KEY-HMACSHA1)\s+)?[^\s&\"',;]+"
)


def strip_uri(uri: str) -> str:
    """Cut everything from a URI but scheme, host without userinfo, path and the ``host`` parameter.

    A text that is no URI keeps what stands before its first ``?`` or ``#``.
    """
    text = uri.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return re.split(r"[?#]", _without_userinfo(text), maxsplit=1)[0]
    if not parts.scheme:
        return re.split(r"[?#]", _without_userinfo(text), maxsplit=1)[0]
    separator = f"{parts.scheme}:"
    slashes = "//" if text[len(separator) :].startswith("//") else ""
    host = parts.netloc.rpartition("@")[2]
    kept = f"{separator}{slashes}{host}{parts.path}"
    endpoint = parse_qs(parts.query).get("host")
    if endpoint:
        bare = re.split(r"[?#&]", unquote(endpoint[0]).rpartition("@")[2], maxsplit=1)[0]
        kept += "?host=" + quote(bare, safe=":/.-_") if bare else ""
    return kept.rstrip()


def _without_userinfo(text: str) -> str:
    return re.sub(r"//[^/@\s]*@", "//", text)


def strip_uris(text: str) -> str:
    """Cut the credentials from every URI inside a text, such as ``errorMsg``; the rest stays as it is."""

    def stripped(match: re.Match[str]) -> str:
        uri = match.group()
        body = uri.rstrip(_TRAILING)
        return strip_uri(body) + uri[len(body) :]

    return _URI.sub(stripped, text)


def masked(text: str) -> str:
    """Mask the credentials that a text names, wherever they stand."""
    return _CREDENTIAL.sub(r"\1…", text)


def without_credentials(text: str) -> str:
    """Cut the credentials from every URI inside a text, and mask those that it names itself.

    A blank ends a URI, so what follows one (``oss://b/my dir?access_key=...``) is found by its name.
    """
    return masked(strip_uris(text))


def carries_credentials(text: str) -> bool:
    """Whether a text names a credential, or has a URI with userinfo."""
    return _CREDENTIAL.search(text) is not None or _USERINFO.search(text) is not None
