"""The material of which invented Minnesota is made: places, names, kinds of projects, pathways."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def material(name: str) -> dict[str, Any]:
    """One of the YAML files of this folder: material("projects")."""
    text = (files(__package__) / f"{name}.yaml").read_text(encoding="utf-8")
    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    assert isinstance(loaded, dict)
    return loaded
