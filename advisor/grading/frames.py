"""Messages between the grader and its processes: a header in JSON, then raw bytes; never a pickle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import BinaryIO

MOST = 2**28  # bytes of one message
_HEADER = 2**16
BROKEN: tuple[dict[str, Any], bytes] = ({}, b"")  # what came is no message


def write_frame(sink: BinaryIO, header: dict[str, Any], payload: bytes) -> None:
    """Write one message."""
    text = json.dumps(header).encode()
    sizes = len(text).to_bytes(4, "big") + len(payload).to_bytes(8, "big")
    for part in (sizes + text, payload):
        data = memoryview(part)
        while data:
            data = data[sink.write(data) :]


def read_frame(source: BinaryIO, most: int) -> tuple[dict[str, Any], bytes] | None:
    """Read one message; None where the other side is gone, BROKEN where it is none."""
    sizes = _exactly(source, 12)
    if sizes is None:
        return None
    text_size, payload_size = int.from_bytes(sizes[:4], "big"), int.from_bytes(sizes[4:], "big")
    if text_size > _HEADER or payload_size > most:
        return BROKEN
    text = _exactly(source, text_size)
    payload = _exactly(source, payload_size)
    if text is None or payload is None:
        return None
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        return BROKEN
    return (header, payload) if isinstance(header, dict) else BROKEN


def _exactly(source: BinaryIO, size: int) -> bytes | None:
    parts = []
    while size:
        part = source.read(min(size, 2**20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
