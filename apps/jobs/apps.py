from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "apps.jobs"
    label = "jobs"

    def ready(self) -> None:
        # Tasks are announced through our Celery application, whoever asks: web, worker or command.
        import_module("config.celery")
