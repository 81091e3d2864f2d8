"""Invented HMIS data: believable people, households and stays that nobody ever lived.

    from hearth.reporting.synthetic.generate import generate
    from hearth.reporting.synthetic.world_settings import WorldSettings
    from hearth.standards import load

    generate(WorldSettings(clients=5_000, seed=1), load(2026), Path("demo.zip"), version="0.1.0")

The same settings give the same bytes. One block of people after the other is invented and stored, so memory
does not grow with their number. What is made, and where:

| module | what |
|---|---|
| `world_settings` | what is asked for, checked |
| `data/` | places, names, kinds of projects and pathways: the material, as YAML |
| `arrays` `random_values` | dates on arrays, and the random values that fill them |
| `cocs` `world` `required_elements` | CoCs, organizations, projects, and what each project must collect |
| `people` `stays` | households and their stays, one after the other |
| `enrollments` `programs` `clients` | Enrollment, Exit and Client |
| `collection_stages` | when questions are asked: start, update, annual assessment, exit |
| `income` `health` `education` `services` `contacts` `coordinated_entry` | the other client files |
| `descriptors` `inventory` | the project files; beds counted from who slept there |
| `data_errors` `planting` | errors planted on purpose, and the list of them |
| `store` `generate` `cli` | columns to tables to a zip |
"""
