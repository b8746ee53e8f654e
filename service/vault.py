"""Field encryption with a blind index for exact search, and masks for what is shown.

AES-256-GCM; the associated data binds a value to its table, column and row, so that a copied
cell does not decrypt elsewhere. The key lives outside the database (`Settings.field_key`).
"""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Vault:
    """Seals and opens single fields with one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the field key has 32 bytes")
        self._cipher = AESGCM(hmac.digest(key, b"seal", "sha256"))
        self._index_key = hmac.digest(key, b"index", "sha256")

    def seal(self, plain: str, *where: object) -> bytes:
        """Encrypt; `where` (table, column, row) must be given again to open it."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain.encode(), _place(where))

    def open(self, sealed: bytes, *where: object) -> str:
        """Decrypt; raises `cryptography.exceptions.InvalidTag` where the value was moved or changed."""
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _place(where)).decode()

    def index(self, plain: str) -> bytes:
        """A keyed digest that finds equal values without revealing them."""
        return hmac.digest(self._index_key, plain.strip().upper().encode(), hashlib.sha256)[:16]


def _place(where: tuple[object, ...]) -> bytes:
    return "/".join(map(str, where)).encode()


def mask_name(name: str) -> str:
    """张小明 -> 张**."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def mask_id_number(number: str) -> str:
    """530***********1234: the area and the last four stay."""
    return number[:3] + "*" * max(len(number) - 7, 0) + number[-4:] if len(number) > 7 else "*" * len(number)
