"""Send what was written: Rendered → message → Outgoing → SMTP server or folder, the answer as data."""

from radar.brief.mail.mailers import (
    GIVE_UP_AFTER,
    WAITS,
    FolderMailer,
    Mailer,
    Sent,
    SMTPMailer,
    name_file,
    next_attempt,
)
from radar.brief.mail.message import (
    build_alarm,
    build_letter,
    build_outgoing,
    build_survey_mail,
    clean_header,
    read_address,
)

__all__ = [
    "GIVE_UP_AFTER",
    "WAITS",
    "FolderMailer",
    "Mailer",
    "SMTPMailer",
    "Sent",
    "build_alarm",
    "build_letter",
    "build_outgoing",
    "build_survey_mail",
    "clean_header",
    "name_file",
    "next_attempt",
    "read_address",
]
