"""Tables made: what is missing is trained and scored, and all of it put on one sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from videorecap.evaluation.choosers import ChooserFor
from videorecap.evaluation.report import Report
from videorecap.paper import table3
from videorecap.paper.experiments import Laboratory
from videorecap.paper.findings import CLAIMED, findings
from videorecap.paper.pages import panels, table_page
from videorecap.paper.plots import draw
from videorecap.paper.questions import ask
from videorecap.paper.readers import stand_ins
from videorecap.paper.results import Result, RunRecord, Scored, Sheet
from videorecap.paper.tables import TABLES, Row, Table
from videorecap.paper.zero_shot import Published
from videorecap.training.progress import Progress
from videorecap.types import Gap

CAPTIONED, ASKED = "Ego4D-HCap", "EgoSchema"  # what the paper's figures are of
Key = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Makes one table after another; a row that several have is measured once.

    Attributes:
        laboratory: of all of them.
        published: models that nobody trains here.
        num_seeds: trainings of each row.
        progress: told of what is done.
    """

    laboratory: Laboratory
    published: Published
    num_seeds: int
    progress: Progress
    _measured: dict[Key, Scored] = field(default_factory=dict, repr=False)

    def captions(self, number: str) -> Sheet:
        """A table whose rows caption videos.

        Args:
            number: one of ``TABLES``.

        Raises:
            VideoRecapError: if a training fails.
        """
        made = self._result(number)
        return Sheet(
            number=number,
            page=table_page(made),
            plot=draw(panels(made), CLAIMED, theirs=CAPTIONED, ours=self._ours),
            found=made.found,
            records=made.records,
            rest={"metric": CLAIMED, "protocol": asdict(self.laboratory.test.protocol), **made.as_json()},
            has_gaps=bool(made.gaps or made.silent) or any(one.num_missing for one in made.reports),
            gaps=made.gaps,
        )

    def questions(self, by: str, open_choosers: Callable[[], ChooserFor]) -> Sheet:
        """Table 3.

        Args:
            by: who answers.
            open_choosers: as ``ask`` takes it.

        Raises:
            VideoRecapError: if a training fails, or nobody can be asked.
        """
        asked = ask(self.laboratory, by, open_choosers, self.num_seeds, self.progress)
        note = f"{self._note(ASKED)} The questions are about these {self._ours}, and answered by `{by}`."
        found = table3.table3_findings(asked.reports)
        return Sheet(
            number=table3.NUMBER,
            page=table3.table3_page(asked.reports, found, asked.records, asked.left_out, note),
            plot=draw([table3.table3_panel(asked.reports)], table3.ACCURACY, theirs=ASKED, ours=self._ours),
            found=found,
            records=asked.records,
            rest={"metric": table3.ACCURACY, "by": by, **asked.as_json()},
            has_gaps=bool(asked.gaps)
            or any(one.num_unparsed for many in asked.reports.values() for one in many),
            gaps=asked.gaps,
        )

    def _result(self, number: str) -> Result:
        """Every row that can be trained, scored at the levels that the table has it at."""
        table = TABLES[number]
        runs: dict[str, dict[str, list[Report]]] = {}
        silent: dict[str, dict[str, str]] = {}
        gaps: dict[str, list[Gap]] = {}
        records: dict[str, list[RunRecord]] = {}
        left_out: dict[str, str] = {}
        for row in table.rows:
            if missing := self._missing(row):
                left_out[row.key] = missing
                self.progress.note(f"{row.key}: left out; it needs {missing}")
                continue
            seeds = range(self.num_seeds if row.is_trained else 1)
            scored = [self._scored(row, seed) for seed in seeds]
            gaps[row.key] = [gap for one in scored for gap in one.gaps]
            for level in row.levels:
                found = [one.reports[level] for one in scored if level in one.reports]
                runs.setdefault(level, {})[row.key] = found
                reasons = [one.silent[level] for one in scored if level in one.silent]
                if reasons and not found:
                    silent.setdefault(level, {})[row.key] = reasons[0]
            if row.key not in records:
                records[row.key] = [self.laboratory.record(row.recipe, seed, row.reader) for seed in seeds]
        return Result(
            number=number,
            table=table,
            runs=runs,
            found=findings(table, runs),
            records=records,
            left_out=left_out,
            silent=silent,
            gaps=[gap for many in gaps.values() for gap in many],
            note=f"{self._note(CAPTIONED)} {self._models(table)}".rstrip(),
        )

    def _scored(self, row: Row, seed: int) -> Scored:
        """What was measured of a row."""
        if (row.key, seed) not in self._measured:
            self._measured[row.key, seed] = self._measure(row, seed)
        return self._measured[row.key, seed]

    def _measure(self, row: Row, seed: int) -> Scored:
        if row.needs is not None:
            return self.laboratory.zero_shot(row, self.published, seed, self.progress)
        if row.reader is not None:
            return self.laboratory.read(row.reader, row.recipe, seed, self.progress)
        return self.laboratory.run(row.key, seed, self.progress)

    def _missing(self, row: Row) -> str | None:
        """What a row needs that is not given."""
        return self.laboratory.lacks(row, self.num_seeds) or self.published.lacks(row)

    @property
    def _ours(self) -> str:
        return f"{self.laboratory.test.world} videos"

    def _models(self, table: Table) -> str:
        """What stands for the language models that are trained for a table's rows."""
        names = map(self.laboratory.fine_tuned, table.rows)
        return stand_ins(self.laboratory.size, filter(None, names))

    def _note(self, theirs: str) -> str:
        """How figures were made."""
        laboratory = self.laboratory
        return (
            f"Size {laboratory.size}, trained on `{laboratory.train.name}` and scored on "
            f"{len(laboratory.test.videos)} {self._ours} by protocol {laboratory.test.protocol.name}. "
            f"Pretrained and given to rows that have a place for it: {laboratory.given}. "
            f"The paper's figures are of {theirs}, so that only differences are compared with ours. "
            f"{self.published.told}"
        ).rstrip()
