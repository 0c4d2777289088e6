"""Who may come in: pages of this very address on this very machine, and what they may load."""

import re

from aiohttp import web

_LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?")


def check_host(request: web.Request) -> str:
    """Return the address asked for; one that is no loopback name is refused, against DNS rebinding."""
    host = request.headers.get("Host", "")
    if _LOOPBACK.fullmatch(host.lower()) is None:
        raise web.HTTPForbidden(text="This page answers only to 127.0.0.1 and localhost.")
    return host


def check_origin(request: web.Request) -> None:
    """Refuse a connection that a page of another address opens."""
    host = check_host(request)
    if request.headers.get("Origin", "").lower() != f"http://{host.lower()}":
        raise web.HTTPForbidden(text="Only the page of this very address may connect.")


def guards(host: str) -> dict[str, str]:
    """Give the headers that keep a page to itself: no other host, no foreign script, no frame around it."""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        f"connect-src 'self' ws://{host}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
