"""From settings to an HMIS CSV zip: the world first, then block after block of people, then the beds.

A block is some thousand people; everything about them is invented, stored and forgotten before the next, so
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
from hearth.reporting.synthetic import arrays, descriptors, inventory, world
from hearth.reporting.synthetic.clients import Clients
from hearth.reporting.synthetic.collection_stages import collection_stages
from hearth.reporting.synthetic.contacts import Contacts
from hearth.reporting.synthetic.coordinated_entry import CoordinatedEntry
from hearth.reporting.synthetic.data_errors import TEXT_COLUMNS
from hearth.reporting.synthetic.education import EmploymentEducation, YouthEducation
from hearth.reporting.synthetic.enrollments import ADULT, FIRST_ID, Enrollments, Rows
from hearth.reporting.synthetic.health import Disabilities, HealthAndDV
from hearth.reporting.synthetic.income import IncomeBenefits
from hearth.reporting.synthetic.people import Population
from hearth.reporting.synthetic.planting import Planted, Planting, write_planted
from hearth.reporting.synthetic.programs import Programs
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.services import Services
from hearth.reporting.synthetic.stays import StayGenerator, Stays
from hearth.reporting.synthetic.store import Store
from hearth.reporting.synthetic.world_settings import WorldSettings
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


class _Generation:
    """All makers of one run."""

    def __init__(self, settings: WorldSettings, registry: Registry, store: Store) -> None:
        self.settings, self.store = settings, store
        self.world = world.build(settings, registry)
        self.end = arrays.day(settings.end)
        self.stay_generator = StayGenerator(self.world)
        self.population = Population(self.world, self.stay_generator)
        self.enrollments = Enrollments(self.world)
        self.clients = Clients(self.world, self.enrollments)
        self.programs = Programs(self.world)
        self.income = IncomeBenefits(self.world, self.enrollments)
        self.health = HealthAndDV(self.world, self.enrollments)
        self.disabilities = Disabilities(self.world, self.enrollments)
        self.employment = EmploymentEducation(self.world, self.enrollments)
        self.education = YouthEducation(self.world, self.enrollments)
        self.services = Services(self.world, self.enrollments)
        self.contacts = Contacts(self.world, self.enrollments)
        self.coordinated_entry = CoordinatedEntry(self.world, self.enrollments)
        self.occupancy = inventory.Occupancy(self.world)
        self.planting = Planting(self.world)
        self.households = 0

    def descriptors(self) -> None:
        for name, columns in descriptors.files(self.world).items():
            if len(next(iter(columns.values()))):
                self.planting.plant_in_descriptors(Random(self.settings.seed, 5), name, columns, self.store)
                self.store.add(name, columns)

    def block(self, number: int, people_count: int) -> None:
        random = Random(self.settings.seed, 3, number)
        first_person = FIRST_ID + self.store.rows["Client"]
        first_row = FIRST_ID + self.store.rows["Enrollment"]
        first_household = FIRST_ID + self.households

        households, kind, children, first_type = self.population.households(random, people_count)
        stays = self.stay_generator.stays(random, households, first_type)
        people = self.population.people(random, households, kind, children, stays)
        rows = self.enrollments.rows(random, people, stays, first_person, first_row)
        every = collection_stages(random, rows, people, self.end)
        self.households += len(stays)

        files: dict[str, dict[str, np.ndarray]] = {}
        files["Client"] = self.clients.file(random, people, rows, first_person)
        files["Enrollment"] = self.enrollments.enrollment_file(random, rows, people, stays, first_household)
        files["Enrollment"] |= self.programs.at_entry(random, rows, people)
        files["Exit"], exited = self.enrollments.exit_file(random, rows, stays)
        files["Exit"] |= self.programs.at_exit(random, rows.taken(exited), people)
        files["IncomeBenefits"] = self.income.file(random, rows, people, every)
        files["HealthAndDV"] = self.health.file(random, rows, people, every)
        files["EmploymentEducation"] = self.employment.file(random, rows, people, every)
        files["Disabilities"] = self.disabilities.file(random, rows, people, every)
        files["YouthEducationStatus"] = self.education.file(random, rows, people, every)
        files["Services"], sleepers, nights = self.services.file(
            random, rows, people, stays.move_in[rows.stay]
        )
        files["CurrentLivingSituation"] = self.contacts.file(random, rows)
        files |= self.coordinated_entry.files(random, rows, people)
        self._count_beds(rows, stays, sleepers, nights)
        raws = self.planting.plant(Random(self.settings.seed, 4, number), files, rows, people, self.store)
        for name, columns in files.items():
            self.store.add(name, columns, raws.get(name))

    def _count_beds(self, rows: Rows, stays: Stays, sleepers: Rows, nights: arrays.Ints) -> None:
        kinds = _household_types(rows)
        counted, since = inventory.sleeps_in(rows.type, rows.entry, rows.exit, stays.move_in[rows.stay])
        cell = self.occupancy.cell(rows.project, rows.coc, kinds)
        self.occupancy.add(cell[counted], since[counted], rows.exit[counted])
        place = sleepers.id - rows.id[0]
        self.occupancy.add(cell[place], nights, nights + 1)

    def beds(self) -> None:
        columns = inventory.file(self.world, self.occupancy)
        self.planting.plant_in_descriptors(Random(self.settings.seed, 5), "Inventory", columns, self.store)
        self.store.add("Inventory", columns)


def _household_types(rows: Rows) -> arrays.Ints:
    """An index of `inventory.HOUSEHOLD_TYPES` for every enrollment, from the ages at entry."""
    size = int(rows.stay.max()) + 1
    adults = np.bincount(rows.stay, weights=rows.age >= ADULT, minlength=size) > 0
    minors = np.bincount(rows.stay, weights=rows.age < ADULT, minlength=size) > 0
    kinds = np.where(adults & minors, 1, np.where(minors, 2, 0))
    return kinds[rows.stay].astype(np.int32)


def generate(
    settings: WorldSettings,
    registry: Registry,
    target: Path,
    *,
    version: str,
    on_progress: OnProgress | None = None,
) -> Generated:
    """Write the export of an invented world to `target`, and `planted.csv` beside it where errors were asked
    for.

    Raises `WorldSettingsError` when no world can be made of the settings, and `archive.OutputError` when the
    files cannot be written; in both cases nothing is left behind.
    """
    settings.check(registry)
    tell = on_progress or (lambda what, done: None)
    try:
        with scratch.folder("synth") as folder:
            made = _generate(settings, registry, target, folder, version, tell)
    except (OSError, engine.EngineError) as error:
        if isinstance(error, OSError) or engine.is_disk_full(error):
            raise archive.explained(error, target) from error
        raise
    tell("Done", 1.0)
    return made


def _generate(
    settings: WorldSettings,
    registry: Registry,
    target: Path,
    work: Path,
    version: str,
    on_progress: OnProgress,
) -> Generated:
    with engine.connected(
        work / "invented.duckdb", memory_limit=_MEMORY, temp_directory=work / "spill"
    ) as connection:
        store = Store(connection, registry, TEXT_COLUMNS if settings.errors else frozenset())
        generation = _Generation(settings, registry, store)
        generation.descriptors()
        blocks = -(-settings.clients // PEOPLE_A_BLOCK)
        for number in range(blocks):
            on_progress("Inventing people and their stays", _INVENTING * number / blocks)
            generation.block(number, min(PEOPLE_A_BLOCK, settings.clients - number * PEOPLE_A_BLOCK))
        generation.beds()
        total, done = sum(store.rows.values()), 0

        def written(name: str, number: int) -> None:
            nonlocal done
            done += number
            on_progress(f"Writing {name}.csv", _INVENTING + (1 - _INVENTING) * min(1.0, done / total))

        made = hmis_csv.write(
            connection,
            target,
            registry=registry,
            header=_header(settings, version),
            sources=store.sources(),
            on_progress=written,
        )
    planted = generation.planting.planted
    if settings.errors:
        write_planted(planted_path(target), planted, generation.world)
    return Generated(dict(made.rows), planted)


def planted_path(target: Path) -> Path:
    """Where the list of planted errors of an export lies: mn.zip → mn.planted.csv."""
    return target.with_name(f"{target.stem}.planted.csv")


def _header(settings: WorldSettings, version: str) -> hmis_csv.ExportHeader:
    return hmis_csv.ExportHeader(
        export_id=f"INVENTED-{settings.seed}-{settings.clients}",
        source_id=";".join(settings.cocs),
        exported_at=settings.exported_at,
        start=settings.start,
        end=settings.end,
        software_version=version,
        implementation_id=settings.implementation_id,
        contact_first="Invented",
        contact_last="Data",
        contact_email="invented@example.org",
    )
