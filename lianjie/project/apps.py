from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "lianjie.project"

    def ready(self) -> None:
        """Register the start-up checks."""
        from lianjie.project import checks  # noqa: F401
