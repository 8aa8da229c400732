"""Configurations that are checked: what is wrong is told in one line."""

from __future__ import annotations

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from videorecap.errors import ConfigError

T = TypeVar("T")


def require(holds: bool, message: str) -> None:
    """Refuse a configuration.

    Raises:
        ConfigError: with the message, unless it holds.
    """
    if not holds:
        raise ConfigError(message)


def validated(adapter: TypeAdapter[T], text: str | bytes, name: str, *, source: str) -> T:
    """JSON as a checked value.

    Args:
        adapter: of its type.
        text: the JSON.
        name: of the whole, for errors that are of no field of it.
        source: where it came from, for the error.

    Raises:
        ConfigError: naming every field that is unknown, missing or wrong.
    """
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or name}: {one['msg']}" for one in error.errors()
        )
        raise ConfigError(f"{source}: {faults}") from None
    except ConfigError as error:
        raise ConfigError(f"{source}: {error}") from None
