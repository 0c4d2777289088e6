"""What Slack refuses: a Web API call with its error code, or what a person tries in vain."""

from typing import Any


class Refusal(Exception):  # noqa: N818 - it is an answer, not a defect
    """A Web API call is answered ``ok: false`` with ``code`` and whatever else Slack says beside it."""

    def __init__(self, code: str, **beside: Any) -> None:  # noqa: ANN401 - JSON of any shape
        super().__init__(code)
        self.code = code
        self.beside = beside


class CannotDo(Exception):  # noqa: N818 - says what happened
    """A person tries what Slack's own client does not offer; the sentence says why."""
