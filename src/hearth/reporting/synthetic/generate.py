"""From a wish to an HMIS CSV zip: the world first, then block after block of people, then the beds.

A block is some thousand people; everything about them is drawn, stored and forgotten before the next, so
memory does not grow with the number of clients. Blocks depend on the seed and their number alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hearth import scratch
from hearth.reporting import engine
from hearth.reporting.outputs import archive, hmis_csv
from hearth.reporting.synthetic import descriptors, draw, inventory, world
from hearth.reporting.synthetic.clients import Clients
from hearth.reporting.synthetic.contacts import Contacts
from hearth.reporting.synthetic.coordinated_entry import CoordinatedEntry
from hearth.reporting.synthetic.draw import Dice
from hearth.reporting.synthetic.enrollments import ADULT, FIRST_ID, Enrolling, Rows
from hearth.reporting.synthetic.faults import Faults, Planted, write_planted
from hearth.reporting.synthetic.health import Disabilities, HealthAndDV
from hearth.reporting.synthetic.income import IncomeBenefits
from hearth.reporting.synthetic.journeys import Journeys, Stays
from hearth.reporting.synthetic.moments import moments
from hearth.reporting.synthetic.people import Population
from hearth.reporting.synthetic.programs import Programs
from hearth.reporting.synthetic.schooling import EmploymentEducation, YouthEducation
from hearth.reporting.synthetic.services import Services
from hearth.reporting.synthetic.slips import TEXT_COLUMNS
from hearth.reporting.synthetic.store import Store
from hearth.reporting.synthetic.wish import Wish
from hearth.standards import Registry

PEOPLE_A_BLOCK = 20_000
_MEMORY = "600MB"
_INVENTING = 0.35  # of the whole time; the rest is writing

OnProgress = Callable[[str, float], None]
"""Called with what is being done, in words, and how much of the whole is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What was made: rows of each file, and the errors planted in them."""

    rows: dict[str, int]
    planted: list[Planted]


class _Making:
    """All makers of one run."""

    def __init__(self, wish: Wish, registry: Registry, store: Store) -> None:
        self.wish, self.store = wish, store
        self.world = world.build(wish, registry)
        self.end = draw.day(wish.end)
        self.journeys = Journeys(self.world)
        self.population = Population(self.world, self.journeys)
        self.enrolling = Enrolling(self.world)
        self.clients = Clients(self.world, self.enrolling)
        self.programs = Programs(self.world)
        self.income = IncomeBenefits(self.world, self.enrolling)
        self.health = HealthAndDV(self.world, self.enrolling)
        self.disabilities = Disabilities(self.world, self.enrolling)
        self.employment = EmploymentEducation(self.world, self.enrolling)
        self.education = YouthEducation(self.world, self.enrolling)
        self.services = Services(self.world, self.enrolling)
        self.contacts = Contacts(self.world, self.enrolling)
        self.coordinated_entry = CoordinatedEntry(self.world, self.enrolling)
        self.occupancy = inventory.Occupancy(self.world)
        self.faults = Faults(self.world)
        self.households = 0

    def descriptors(self) -> None:
        for name, columns in descriptors.files(self.world).items():
            if len(next(iter(columns.values()))):
                self.faults.plant_in_descriptors(Dice(self.wish.seed, 5), name, columns, self.store)
                self.store.add(name, columns)

    def block(self, number: int, people_count: int) -> None:
        dice = Dice(self.wish.seed, 3, number)
        first_person = FIRST_ID + self.store.rows["Client"]
        first_row = FIRST_ID + self.store.rows["Enrollment"]
        first_household = FIRST_ID + self.households

        households, kind, children, first_type = self.population.households(dice, people_count)
        stays = self.journeys.draw(dice, households, first_type)
        people = self.population.people(dice, households, kind, children, stays)
        rows = self.enrolling.rows(dice, people, stays, first_person, first_row)
        every = moments(dice, rows, people, self.end)
        self.households += len(stays)

        files: dict[str, dict[str, np.ndarray]] = {}
        files["Client"] = self.clients.file(dice, people, rows, first_person)
        files["Enrollment"] = self.enrolling.enrollment_file(dice, rows, people, stays, first_household)
        files["Enrollment"] |= self.programs.at_entry(dice, rows, people)
        files["Exit"], exited = self.enrolling.exit_file(dice, rows, stays)
        files["Exit"] |= self.programs.at_exit(dice, rows.taken(exited), people)
        files["IncomeBenefits"] = self.income.file(dice, rows, people, every)
        files["HealthAndDV"] = self.health.file(dice, rows, people, every)
        files["EmploymentEducation"] = self.employment.file(dice, rows, people, every)
        files["Disabilities"] = self.disabilities.file(dice, rows, people, every)
        files["YouthEducationStatus"] = self.education.file(dice, rows, people, every)
        files["Services"], sleepers, nights = self.services.file(dice, rows, people, stays.move_in[rows.stay])
        files["CurrentLivingSituation"] = self.contacts.file(dice, rows)
        files |= self.coordinated_entry.files(dice, rows, people)
        self._count_beds(rows, stays, sleepers, nights)
        raws = self.faults.plant(Dice(self.wish.seed, 4, number), files, rows, people, self.store)
        for name, columns in files.items():
            self.store.add(name, columns, raws.get(name))

    def _count_beds(self, rows: Rows, stays: Stays, sleepers: Rows, nights: draw.Ints) -> None:
        kinds = _household_types(rows)
        counted, since = inventory.sleeps_in(rows.type, rows.entry, rows.exit, stays.move_in[rows.stay])
        cell = self.occupancy.cell(rows.project, rows.coc, kinds)
        self.occupancy.add(cell[counted], since[counted], rows.exit[counted])
        place = sleepers.id - rows.id[0]
        self.occupancy.add(cell[place], nights, nights + 1)

    def beds(self) -> None:
        columns = inventory.file(self.world, self.occupancy)
        self.faults.plant_in_descriptors(Dice(self.wish.seed, 5), "Inventory", columns, self.store)
        self.store.add("Inventory", columns)


def _household_types(rows: Rows) -> draw.Ints:
    """An index of `inventory.HOUSEHOLD_TYPES` for every enrollment, from the ages at entry."""
    size = int(rows.stay.max()) + 1
    adults = np.bincount(rows.stay, weights=rows.age >= ADULT, minlength=size) > 0
    minors = np.bincount(rows.stay, weights=rows.age < ADULT, minlength=size) > 0
    kinds = np.where(adults & minors, 1, np.where(minors, 2, 0))
    return kinds[rows.stay].astype(np.int32)


def generate(
    wish: Wish, registry: Registry, target: Path, *, version: str, on_progress: OnProgress | None = None
) -> Generated:
    """Write the export of a wish to `target`, and `planted.csv` beside it where errors were asked for.

    Raises `wish.WishError` when the wish cannot be granted, and `archive.OutputError` when the files
    cannot be written; in both cases nothing is left behind.
    """
    wish.check(registry)
    said = on_progress or (lambda what, done: None)
    try:
        with scratch.folder("synth") as folder:
            made = _generate(wish, registry, target, folder, version, said)
    except (OSError, engine.EngineError) as error:
        if isinstance(error, OSError) or engine.is_disk_full(error):
            raise archive.explained(error, target) from error
        raise
    said("Done", 1.0)
    return made


def _generate(
    wish: Wish, registry: Registry, target: Path, work: Path, version: str, said: OnProgress
) -> Generated:
    with engine.connected(
        work / "invented.duckdb", memory_limit=_MEMORY, temp_directory=work / "spill"
    ) as connection:
        store = Store(connection, registry, TEXT_COLUMNS if wish.errors else frozenset())
        making = _Making(wish, registry, store)
        making.descriptors()
        blocks = -(-wish.clients // PEOPLE_A_BLOCK)
        for number in range(blocks):
            said("Inventing people and their stays", _INVENTING * number / blocks)
            making.block(number, min(PEOPLE_A_BLOCK, wish.clients - number * PEOPLE_A_BLOCK))
        making.beds()
        total, done = sum(store.rows.values()), 0

        def written(name: str, number: int) -> None:
            nonlocal done
            done += number
            said(f"Writing {name}.csv", _INVENTING + (1 - _INVENTING) * min(1.0, done / total))

        made = hmis_csv.write(
            connection,
            target,
            registry=registry,
            header=_header(wish, version),
            sources=store.sources(),
            on_progress=written,
        )
    planted = making.faults.planted
    if wish.errors:
        write_planted(planted_path(target), planted, making.world)
    return Generated(dict(made.rows), planted)


def planted_path(target: Path) -> Path:
    """Where the list of planted errors of an export lies: mn.zip → mn.planted.csv."""
    return target.with_name(f"{target.stem}.planted.csv")


def _header(wish: Wish, version: str) -> hmis_csv.ExportHeader:
    return hmis_csv.ExportHeader(
        export_id=f"INVENTED-{wish.seed}-{wish.clients}",
        source_id=";".join(wish.cocs),
        exported_at=wish.exported_at,
        start=wish.start,
        end=wish.end,
        software_version=version,
        implementation_id=wish.implementation_id,
        contact_first="Invented",
        contact_last="Data",
        contact_email="invented@example.org",
    )
