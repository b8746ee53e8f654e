"""What goes over the wire: pages compressed for weak signal, and tokens that compressing cannot give away."""

import gzip
import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Response, request

WORTH_IT = 1000
TEXT = {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/xml"}
HALF = 32


def compressed(response: Response) -> Response:
    """The same response, gzipped where the browser takes it and it helps."""
    if response.mimetype not in TEXT or response.status_code in {204, 304} or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < WORTH_IT or response.headers.get("Content-Encoding"):
        return response
    response.set_data(gzip.compress(body, 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("ETag", None)
    response.vary.add("Accept-Encoding")
    return response


def masked(secret: str) -> str:
    """A token for a form, different each time: the length of a compressed page tells nothing of it (BREACH)."""
    pad = secrets.token_bytes(HALF)
    return urlsafe_b64encode(pad + _xor(pad, _digest(secret))).decode() if secret else ""


def matches(token: str, secret: str) -> bool:
    """Whether a form's token was made from this secret."""
    try:
        raw = urlsafe_b64decode(token.encode())
    except ValueError:
        return False
    return bool(secret) and len(raw) == 2 * HALF and secrets.compare_digest(_xor(raw[:HALF], raw[HALF:]), _digest(secret))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
