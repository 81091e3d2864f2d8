"""What an import may not do by itself: remove records that a full refresh lacks, and take back newer ones.

Both are found when everything is written, before the commit. Removing needs a person's word (`remove` or
`keep`); until it is given, nothing is imported. Newer records stay as they are unless a person says
otherwise; whoever can be asked (on the page, at a terminal) is asked before anything is written. The question
and the answer stand in the run's parameters; an answer given on the page holds for exactly the records it was
shown for.
"""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from hearth.hmis.exchange.importing import differences, missing, newer
from hearth.hmis.exchange.importing.announced import Announced
from hearth.hmis.exchange.importing.failures import NOTHING_WRITTEN
from hearth.hmis.exchange.importing.missing import Missing
from hearth.hmis.exchange.importing.writing import Writer
from hearth.hmis.exchange.models import ImportRun, RunState
from hearth.hmis.jobs.outcome import Refused
from hearth.hmis.ui.formats import counted, day, units
from hearth.reporting.engine import Connection

REMOVE, KEEP = "remove", "keep"
#: Of what a full refresh lacks: removed but for records that were changed here.
SPARE = "spare"
TAKE_BACK = "take_back"

#: So long an import waits for an answer.
ANSWER_DAYS = 7
#: At most so many words of a question stand in one sentence: the files with the most records.
_FILES_NAMED = 4


class Asked(Refused):
    """Somebody must answer first; the run waits for it."""

    state = RunState.ASKING


@dataclass(frozen=True)
class Question:
    """Records by file: `missing` in a full refresh, `newer` here than in the export, `changed` here since.
    `missing_changed`: how many of the missing ones were changed here. `held`: enrollments that the refresh
    lacks and that stay in any case, because records entered here hang on them. `older_than`: the day of a
    later export that was imported before, '' where there is none. `mark`: of exactly these records."""

    missing: dict[str, int]
    newer: dict[str, int]
    changed: dict[str, int]
    missing_changed: int = 0
    held: int = 0
    older_than: str = ""
    mark: str = ""

    @property
    def kept(self) -> int:
        """How many rows would take something back."""
        return sum(self.newer.values()) + sum(self.changed.values())

    @property
    def missed(self) -> int:
        return sum(self.missing.values())

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Question":
        """From `ImportRun.parameters["question"]`."""
        return cls(**values)

    def sentences(self) -> list[str]:
        """What is asked, without what may be answered."""
        said = []
        if self.older_than:
            said.append(f"This export is older than one that was imported before ({self.older_than}).")
        if self.missed:
            here = f", {self.missing_changed:,} of them changed here since" if self.missing_changed else ""
            said.append(
                f"{counted(self.missed, 'record')} of this data source, in the export's projects and"
                f" period, {units(self.missed, 'is')} not in this full refresh"
                f" ({_listed(self.missing)}){here}."
            )
        if self.newer:
            said.append(
                f"{counted(sum(self.newer.values()), 'record is,records are')} newer here than in this"
                f" export ({_listed(self.newer)})."
            )
        if self.changed:
            said.append(
                f"{counted(sum(self.changed.values()), 'record was,records were')} changed here since"
                f" the last import ({_listed(self.changed)})."
            )
        return said


def answers_of(run: ImportRun) -> newer.Answers:
    """What was answered of rows that would take something back. An answer that was given beforehand, to no
    question, holds for everything."""
    parameters = run.parameters
    otherwise = parameters.get("otherwise", {})
    return newer.Answers(
        takes_back=parameters.get("newer") == TAKE_BACK,
        otherwise={file: frozenset(ids) for file, ids in otherwise.items()},
        overrides="answered" not in parameters,
    )


@dataclass(frozen=True)
class Settling:
    """What is settled of one import, over the connections of its transaction."""

    connection: Connection
    writer: Writer
    run: ImportRun
    announced: Announced
    found: Missing

    @cached_property
    def question(self) -> Question:
        """What was found, as a question."""
        passed_over = newer.counts(self.connection)
        is_older = self.announced.is_older
        return Question(
            missing=self.found.counts,
            newer=passed_over.get("newer", {}),
            changed=passed_over.get("changed", {}),
            missing_changed=self.found.changed_here,
            held=self.found.held,
            older_than=day(self.announced.newest) if is_older else "",
            mark=f"{self.found.mark} {newer.mark(self.connection)}".strip(),
        )

    def _is_open(self, question: Question) -> bool:
        parameters = self.run.parameters
        holds = parameters.get("answered", question.mark) == question.mark
        open_missing = question.missed and not (parameters.get("missing") and holds)
        open_newer = question.kept and parameters.get("asks") and not (parameters.get("newer") and holds)
        return bool(open_missing or open_newer)

    def ask(self) -> None:
        """Raise `Asked` or `Refused` where an answer is wanted first."""
        parameters, question = self.run.parameters, self.question
        if not self._is_open(question):
            return
        parameters["question"] = asdict(question)
        differences.write(self.connection, self.writer.cursor, self.run)
        text = " ".join(question.sentences())
        if parameters.get("asks"):
            raise Asked(text, "Nothing is imported before you say what is to be done with them.")
        raise Refused(
            text,
            "Import again with --remove-missing to mark them as deleted, or with --keep-missing to leave"
            f" them. {NOTHING_WRITTEN}",
        )

    def settle(self) -> list[str]:
        """Do what was answered, where nothing is open. Returns sentences about it; what is left as it is
        stands in the run's parameters, so that the same export is looked at again."""
        parameters, question = self.run.parameters, self.question
        if self._is_open(question):
            return []
        parameters.pop("question", None)
        said, left = [], {}
        if self.announced.parents_elsewhere:
            said.append("The export holds only what changed: nothing was concluded from what it lacks.")
        if question.older_than:
            said.append(f"This export is older than one that was imported before ({question.older_than}).")
        by = int(parameters.get("answered_by") or self.writer.user)
        if question.missed and parameters.get("missing") in (REMOVE, SPARE):
            spared = 0
            if parameters["missing"] == SPARE:
                spared = missing.spare(self.writer.cursor, by=by)
            found = missing.counted_now(self.writer.cursor, self.found) if spared else self.found
            missing.remove(self.connection, self.writer, found, self.announced)
            gone = sum(found.counts.values())
            records = f"{counted(gone, 'record')} that this full refresh lacks"
            said.append(f"{records} {units(gone, 'was')} marked as deleted.")
            if spared:
                said.append(
                    f"{counted(spared, 'record')} that it lacks stayed: changed here since, or belonging to"
                    " such records."
                )
        elif question.missed:
            missing.keep_changed(self.writer.cursor, by=by)
            left["missing"] = question.missed
            records = f"{counted(question.missed, 'record')} that this full refresh lacks"
            said.append(f"{records} {units(question.missed, 'was')} left as they are.")
        if question.held:
            records = f"{counted(question.held, 'enrollment')} that it lacks stayed"
            said.append(f"{records}, because records that were entered here belong to them.")
        if before := newer.answered(self.connection):
            said.append(f"{counted(before, 'record')} stayed as they are, as was answered before.")
        if taken := newer.taken(self.connection):
            said.append(f"{counted(taken, 'record')} went back to what this export says.")
        if parameters.get("newer"):
            newer.keep_answers(self.connection, self.writer.cursor, by)
        if (stay := question.kept - taken) > 0:
            left["newer"] = stay
            said.append(
                f"{counted(stay, 'record')} stayed as they are, because they are newer here than"
                " in this export or were changed here since (--take-back overwrites them)."
            )
        if left:
            parameters["left"] = left
        return said


def _listed(counts: dict[str, int]) -> str:
    most = sorted(counts.items(), key=lambda one: -one[1])
    parts = [f"{file} {count:,}" for file, count in most[:_FILES_NAMED]]
    if others := sum(count for _, count in most[_FILES_NAMED:]):
        parts.append(f"others {others:,}")
    return ", ".join(parts)
