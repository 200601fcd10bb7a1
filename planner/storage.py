"""The names of static files as they are deployed; `STORAGES` of the settings names it."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Puts a hash of a file's content into its name, and into scripts that import it.

    A browser keeps such a file for good, so an import by the plain name would bring an old one.
    """

    support_js_module_import_aggregation = True
