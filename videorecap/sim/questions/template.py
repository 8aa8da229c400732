"""What a kind of question is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from videorecap.sim.questions.digest import Digest


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer that one script gives to one kind of question.

    Attributes:
        key: what it says; of two answers with different keys only one is true of a script.
        parts: the words that fill a template's forms.
    """

    key: tuple[str, ...]
    parts: tuple[str, ...]


def _differs(digest: Digest, claim: Claim, own: Claim) -> bool:
    return claim.key != own.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of question.

    Attributes:
        topic: "goal", "order", "cause", "comparison", "important", "people" or "places".
        prompts: paraphrases of the question; they name nothing of the video.
        forms: paraphrases of an option, with a field for each part of a claim.
        claim: the answer of a script, or None where there is no clear one.
        is_denied: whether a script makes a claim clearly false: it gets the script, the claim of another
            one, and the script's own.
    """

    topic: str
    prompts: tuple[str, ...]
    forms: tuple[str, ...]
    claim: Callable[[Digest], Claim | None]
    is_denied: Callable[[Digest, Claim, Claim], bool] = _differs


def plain(parts: tuple[str, ...] | None) -> Claim | None:
    """A claim that says just its parts."""
    return None if parts is None else Claim(key=parts, parts=parts)


def sentence(form: str, claim: Claim) -> str:
    """The text of an option."""
    text = form.format(*claim.parts)
    return f"{text[0].upper()}{text[1:]}."
