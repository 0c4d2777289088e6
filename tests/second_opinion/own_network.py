"""A network of a test's own: its programs reach each other, and nothing reaches or leaves them."""

import ctypes
import errno
import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NEW_NETWORK = 0x40000000
SET_INTERFACE_FLAGS = 0x8914
UP = 0x1
MINE = Path("/proc/thread-self/ns/net")


@contextmanager
def own_network() -> Iterator[None]:
    """Move this thread, and whatever it starts, into an empty network with its loopback up; then go back.

    Skips the test where that is not allowed: it takes the rights of root.
    """
    kernel = ctypes.CDLL(None, use_errno=True)
    with MINE.open("rb") as outside:
        if kernel.unshare(NEW_NETWORK):
            reason = errno.errorcode.get(ctypes.get_errno(), "unknown")
            pytest.skip(f"a network namespace needs the rights of root here ({reason})")
        try:
            with socket.socket() as any_socket:
                request = struct.pack("16sH14x", b"lo", UP)
                fcntl.ioctl(any_socket, SET_INTERFACE_FLAGS, request)
            yield
        finally:
            if kernel.setns(outside.fileno(), NEW_NETWORK):
                code = ctypes.get_errno()
                raise OSError(code, f"the test's process cannot go back: {os.strerror(code)}")
