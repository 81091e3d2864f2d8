"""Invented HMIS data: believable people, households and stays that nobody ever lived.

    from hearth.reporting.synthetic.generate import generate
    from hearth.reporting.synthetic.wish import Wish
    from hearth.standards import load

    generate(Wish(clients=5_000, seed=1), load(2026), Path("demo.zip"), version="0.1.0")

The same wish gives the same bytes. One block of people after the other is drawn and stored, so memory
does not grow with their number. What is made, and where:

| module | what |
|---|---|
| `wish` | what is asked for, checked |
| `data/` | places, names, kinds of projects and pathways: the material, as YAML |
| `draw` | chance and dates on arrays |
| `places` `world` `needs` | CoCs, organizations, projects, and what each project must collect |
| `people` `journeys` | households and their stays, one after the other |
| `enrollments` `programs` `clients` | Enrollment, Exit and Client |
| `moments` | when questions are asked: start, update, year, exit |
| `income` `health` `schooling` `services` `contacts` `coordinated_entry` | the other client files |
| `descriptors` `inventory` | the project files; beds counted from who slept there |
| `slips` `faults` | errors planted on purpose, and the list of them |
| `store` `generate` `cli` | columns to tables to a zip |
"""
