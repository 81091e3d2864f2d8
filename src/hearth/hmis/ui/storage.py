"""Static files named by their content. A file that is missing costs its look, not the page."""

from functools import cache

import structlog
from whitenoise.storage import CompressedManifestStaticFilesStorage

logger = structlog.get_logger("hearth.ui")


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, but a name that `collectstatic` has not seen is used as it stands.

    Without this, one forgotten `collectstatic` turns every page into an error 500.
    """

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            if not self.hashed_files:
                _warn_once()
            return name


@cache
def _warn_once() -> None:
    logger.warning("static files are not collected: run `python -m django collectstatic`")
