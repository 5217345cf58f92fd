"""PostgreSQL and Valkey from Python packages: started as our own children, on unix sockets, without root."""

from config.embedded.lock import AlreadyRunningError
from config.embedded.postgres import Postgres
from config.embedded.process import EmbeddedError
from config.embedded.together import Services, throw_away
from config.embedded.valkey import Valkey

__all__ = ["AlreadyRunningError", "EmbeddedError", "Postgres", "Services", "Valkey", "throw_away"]
