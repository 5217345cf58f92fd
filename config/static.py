"""Static files under names that change with their content, so that a browser may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage as Storage


class StaticFiles(Storage):  # type: ignore[misc]
    """Our own scripts import one another by these names too: what a page preloads is what they import."""

    _, _imports = Storage._js_module_import_aggregation_patterns  # Django's, but not for the files of others
    patterns = (*Storage.patterns, ("js/*.js", _imports))
