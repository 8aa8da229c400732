"""Rows of Table 2 for which a model is taken as it is published, where one is given.

Source: Video ReCap, Table 2 and section 5, "Zero-Shot Baselines".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from videorecap.build import System, load_system
from videorecap.captioners.image import blip2_config
from videorecap.config import BLIP2
from videorecap.data.frames import DIGEST_LENGTH
from videorecap.errors import ConfigError
from videorecap.evaluation.choosers import is_server
from videorecap.llm import ServerClient, open_client
from videorecap.paper.systems import zero_shot
from videorecap.paper.tables import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Models that nobody trains here.

    Attributes:
        blip2: directory of a BLIP2, or its name on the hub; None where there is none.
        llm: a language model, as ``PromptedConfig`` has it; likewise.
        url: of its server.
    """

    blip2: str | None = None
    llm: str | None = None
    url: str | None = None

    @property
    def told(self) -> str:
        """What was given, in a sentence; nothing where nothing was."""
        named = {"BLIP2": self.blip2, "GPT3.5": self.llm}
        given = [f"what stands for {name} is `{model}`" for name, model in named.items() if model is not None]
        return f"Of published models, {' and '.join(given)}." if given else ""

    def require_ready(self, output: Path) -> None:
        """See, before the work that comes first, that what was given can be had.

        A server is not called where an earlier run kept answers, which may be all.

        Args:
            output: folder of the runs.

        Raises:
            CheckpointError: if there is no such BLIP2.
            ConfigError: if the language model is none, or its server wants a key.
            LlmError: if it cannot be loaded, or its server does not answer or refuses the key.
        """
        if self.blip2 is not None:
            blip2_config(self.blip2)
        if self.llm is None:
            return
        open_client(self.llm, url=self.url)
        was_asked = any(any(output.glob(f"{parents}{self._record}")) for parents in ("*/", "*/*/"))
        if is_server(self.llm) and not was_asked:
            ServerClient(model=self.llm.partition(":")[2], url=self.url).require_ready()

    @property
    def _record(self) -> str:
        """The file of the language model's answers, a name for each model, so that it is asked once."""
        asked = hashlib.sha256(f"{self.llm} {self.url}".encode()).hexdigest()[:DIGEST_LENGTH]
        return f"answers-{asked}.jsonl"

    def lacks(self, row: Row) -> str | None:
        """What would have to be given for a row; None where nothing is missing."""
        has_captions = self.blip2 is not None or row.recipe is not None
        has_all = has_captions and (self.llm is not None or row.prompted is None)
        return None if row.needs is None or has_all else row.needs

    def blip2_system(self) -> System:
        """The system of the rows without a recipe.

        Raises:
            CheckpointError: if it cannot be loaded.
        """
        return load_system(f"{BLIP2}:{self.blip2}")

    def prompting(self, system: System, folder: Path) -> System:
        """A system whose clip captions the language model reads.

        Args:
            system: that captions clips.
            folder: of the language model's answers.

        Raises:
            ConfigError: if no language model was given.
        """
        if self.llm is None:
            raise ConfigError("a language model is needed to write what is above clip captions")
        record = str(folder / self._record)
        return replace(system, config=zero_shot(system.config, self.llm, url=self.url, record=record))
