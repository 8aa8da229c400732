"""Pickles of plain containers, built without anything that could import or call what a file names.

The instructions of a pickle are followed one by one, but only those that make lists, tuples, dicts, texts and
numbers are known here. A pickle that names a class or a function is refused before anything is done with the
name. Memory grows with the file, whatever numbers it claims.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import Final

LITERALS: Final = frozenset(
    {"INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"}
    | {"STRING", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"}
)
BYTE_TEXTS: Final = frozenset({"SHORT_BINSTRING", "BINSTRING"})  # texts of Python 2, bytes of any encoding
CONSTANTS: Final = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
TUPLES: Final = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
STORES: Final = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
RECALLS: Final = frozenset({"GET", "BINGET", "LONG_BINGET"})
NAMES_A_CLASS: Final = frozenset({"GLOBAL", "INST"})
IGNORED: Final = frozenset({"PROTO", "FRAME"})


class RefusedPickleError(Exception):
    """A pickle wants more than plain containers; the text says what."""


def read_pickle(content: bytes) -> object:
    """What a pickle of lists, tuples, dicts, texts and numbers holds.

    Args:
        content: of any protocol; texts of Python 2 are taken for UTF-8.

    Raises:
        RefusedPickleError: if it wants to use anything else.
        ValueError, TypeError, LookupError: if it is damaged.
    """
    builder = _Builder()
    for opcode, argument, _ in pickletools.genops(content):
        if opcode.name == "STOP":
            break
        builder.follow(opcode.name, argument)
    return builder.stack.pop()


class _Builder:
    """Follows the instructions of one pickle.

    Attributes:
        stack: values that wait to be put into others.
    """

    def __init__(self) -> None:
        self.stack: list[object] = []
        self._marks: list[int] = []  # heights of the stack from which lists, tuples and dicts are filled
        self._stored: dict[int, object] = {}

    def follow(self, name: str, argument: object) -> None:
        """Follow one instruction.

        Args:
            name: as ``pickletools`` has it.
            argument: what is written beside it.
        """
        if name in LITERALS:
            self.stack.append(argument)
        elif name in BYTE_TEXTS:
            self.stack.append(str(argument).encode("latin-1").decode())
        elif name in CONSTANTS:
            self.stack.append(CONSTANTS[name])
        elif name in TUPLES:
            self.stack.append(tuple(self._top(TUPLES[name])))
        elif name in STORES:
            self._stored[_number(argument)] = self.stack[-1]
        elif name in RECALLS:
            self.stack.append(self._stored[_number(argument)])
        elif name in STEPS:
            STEPS[name](self)
        elif name not in IGNORED:
            raise RefusedPickleError(self._wanted(name, argument))

    def mark(self) -> None:
        """Note that what follows goes into one container."""
        self._marks.append(len(self.stack))

    def store(self) -> None:
        """Keep the last value under the next number."""
        self._stored[len(self._stored)] = self.stack[-1]

    def make_list(self) -> None:
        """Put all since the mark into a new list."""
        self.stack.append(self._since_mark())

    def make_tuple(self) -> None:
        """Put all since the mark into a tuple."""
        self.stack.append(tuple(self._since_mark()))

    def make_dict(self) -> None:
        """Put all since the mark into a new dict."""
        pairs = self._since_mark()
        self.stack.append({})
        self._enter(pairs)

    def append(self) -> None:
        """Put the last value into the list below it."""
        self._extend(self._top(1))

    def append_all(self) -> None:
        """Put all since the mark into the list below it."""
        self._extend(self._since_mark())

    def enter(self) -> None:
        """Put a key and its value into the dict below them."""
        self._enter(self._top(2))

    def enter_all(self) -> None:
        """Put all since the mark, keys and values in turn, into the dict below it."""
        self._enter(self._since_mark())

    def _since_mark(self) -> list[object]:
        return self._top(len(self.stack) - self._marks.pop())

    def _top(self, count: int) -> list[object]:
        height = len(self.stack) - count
        if count < 0 or height < 0:
            raise ValueError("it takes more values than there are")
        values = self.stack[height:]
        del self.stack[height:]
        return values

    def _extend(self, values: list[object]) -> None:
        target = self.stack[-1]
        if not isinstance(target, list):
            raise TypeError(f"it appends to a {type(target).__name__}")
        target.extend(values)

    def _enter(self, pairs: list[object]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict):
            raise TypeError(f"it sets a key of a {type(target).__name__}")
        keys = pairs[::2]
        for key in keys:
            if not isinstance(key, str | int | float | None):  # a nested tuple could exhaust the stack
                raise RefusedPickleError(f"a {type(key).__name__} as the key of a dict")
        target.update(zip(keys, pairs[1::2], strict=True))

    def _wanted(self, name: str, argument: object) -> str:
        """What an instruction that is not followed asks for."""
        if name in NAMES_A_CLASS:
            return str(argument).replace(" ", ".")
        if name == "STACK_GLOBAL":
            return ".".join(map(str, self._top(2)))
        if name in {"PERSID", "BINPERSID"}:
            return "a persistent object"
        return f"the instruction {name}"


STEPS: Final[dict[str, Callable[[_Builder], None]]] = {
    "MARK": _Builder.mark,
    "MEMOIZE": _Builder.store,
    "EMPTY_LIST": lambda builder: builder.stack.append([]),
    "EMPTY_DICT": lambda builder: builder.stack.append({}),
    "LIST": _Builder.make_list,
    "TUPLE": _Builder.make_tuple,
    "DICT": _Builder.make_dict,
    "APPEND": _Builder.append,
    "APPENDS": _Builder.append_all,
    "SETITEM": _Builder.enter,
    "SETITEMS": _Builder.enter_all,
}


def _number(argument: object) -> int:
    if not isinstance(argument, int):
        raise TypeError(f"{argument!r:.20} is no number of a stored value")
    return argument
