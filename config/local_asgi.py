"""The ASGI application of `make run`: granian's worker process, too, dies with its parent."""

from config.embedded.process import die_with_parent

die_with_parent()

from config.asgi import application  # noqa: E402 - loading the application takes a second

__all__ = ["application"]
