"""What HUD means by a word, once for all reports: a step file for each, as in a report's `steps`."""

from pathlib import Path

FOLDER = Path(__file__).parent
