"""What can go wrong: five situations a caller can act on. Doors turn them into statuses; anything else is a bug and crashes."""

from collections.abc import Mapping, Sequence


class ServiceError(Exception):
    """A situation with a message for a person (Chinese), a stable English `code` and facts per field."""

    code = "error"

    def __init__(self, message: str, fields: Mapping[str, Sequence[str]] | None = None, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = {key: list(texts) for key, texts in (fields or {}).items()}
        if code:
            self.code = code


class NotFound(ServiceError):
    """Not there, or not yours to see: the caller cannot tell which."""

    code = "not_found"


class Forbidden(ServiceError):
    """Seen, but not allowed."""

    code = "forbidden"


class Invalid(ServiceError):
    """What was sent does not make sense; `fields` says where."""

    code = "invalid"


class Conflict(ServiceError):
    """The situation does not admit it (any more): taken, stale, frozen, closed."""

    code = "conflict"


class Unavailable(ServiceError):
    """The service cannot do it now; trying again later may work."""

    code = "unavailable"
