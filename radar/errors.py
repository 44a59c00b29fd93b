"""The failures Radar expects, each written for the operator: what, which, what to do.

A command turns one of these into a single line on standard error and its exit code; every other exception is a bug and
keeps its traceback.
"""


class RadarError(Exception):
    """Something the operator can put right. `exit_code` is what the command line returns."""

    exit_code = 1


class ConfigError(RadarError):
    """A file or an environment variable says something Radar cannot use."""

    exit_code = 3


class UnknownName(RadarError):
    """No executive, topic, feed, story or issue goes by that name."""

    exit_code = 4


class Unusable(RadarError):
    """A word that was given cannot be used. `detail` says why without repeating it."""

    exit_code = 2

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(f"{parameter}: {detail}")
        self.parameter, self.detail = parameter, detail


class Conflict(RadarError):
    """It has been decided already."""


class StoreError(RadarError):
    """The database is missing, out of reach, or of another version."""

    exit_code = 5


class DeliveryError(RadarError):
    """A digest could not be handed to the mail server."""

    exit_code = 6
