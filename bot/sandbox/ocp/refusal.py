"""What a simulated OCP says no with."""

from collections.abc import Mapping


class RefusedError(Exception):
    """A request that is answered with the error envelope."""

    def __init__(
        self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
