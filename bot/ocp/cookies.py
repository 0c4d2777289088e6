"""Keeps OCP's cookies as httpx does, and looks for some only in answers that bring some."""

import httpx


class RareCookies(httpx.Cookies):
    """Cookies that hardly any answer brings.

    httpx lets the standard library look for them in every answer, by way of an e-mail and a request that it
    makes for that: a fifth of what it does for a request.
    """

    def extract_cookies(self, response: httpx.Response) -> None:
        """Take the cookies that an answer brings."""
        if "Set-Cookie" in response.headers:
            super().extract_cookies(response)


class Client(httpx.AsyncClient):
    """A client whose cookies are rare."""

    _rare: RareCookies | None = None

    @property
    def cookies(self) -> httpx.Cookies:
        """The cookies that are sent."""
        if self._rare is None:
            self._rare = RareCookies()
        return self._rare

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        raise NotImplementedError("OCP alone sets cookies")
