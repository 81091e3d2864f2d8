"""Static files named by their content. A file that is missing costs its look, not the page."""

import structlog
from whitenoise.storage import CompressedManifestStaticFilesStorage

logger = structlog.get_logger("hearth.ui")


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, but a name that `collectstatic` has not seen is used as it stands and logged.

    Without this, one forgotten `collectstatic` turns every page into an error 500.
    """

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            logger.warning("static file not collected", name=name)
            return name
