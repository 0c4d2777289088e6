"""Credentials never pass beyond the door."""

import pytest

from bot.domain.destination import strip_uri, strip_uris


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("file:///obbackup/", "file:///obbackup/", id="a mount"),
        pytest.param(
            "oss://bucket/p?host=oss.example.com&access_id=A&access_key=S",
            "oss://bucket/p?host=oss.example.com",
            id="a bucket",
        ),
        pytest.param("oss://bucket/p?access_key=S", "oss://bucket/p", id="no host"),
        pytest.param("s3://user:secret@bucket/p#frag", "s3://bucket/p", id="userinfo"),
        pytest.param(
            "oss://b/p?host=u:secret@h.example.com%26access_key%3DS",
            "oss://b/p?host=h.example.com",
            id="credentials inside the host",
        ),
        pytest.param("/mnt/backup?key=S", "/mnt/backup", id="a bare path"),
        pytest.param("//user:secret@host/p?k=S", "//host/p", id="no scheme"),
        pytest.param("http://[broken/p?key=S", "http://[broken/p", id="not a URI"),
        pytest.param("file:/obbackup", "file:/obbackup", id="one slash"),
        pytest.param(" cos://b/p ", "cos://b/p", id="white space around"),
    ],
)
def test_a_uri_keeps_scheme_host_path_and_the_host_parameter(sent: str, kept: str) -> None:
    assert strip_uri(sent) == kept


def test_uris_inside_a_text_are_cut_and_the_text_stays() -> None:
    text = "cannot write oss://b/p?access_key=S&host=h.example.com, retrying (see https://u:p@x.example/y?z)."
    assert strip_uris(text) == (
        "cannot write oss://b/p?host=h.example.com, retrying (see https://x.example/y)."
    )
