"""The host of a feed: while one worker is at a host, no other takes its feeds."""

import sqlalchemy as sa
from alembic import op

from radar.text import host_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed", sa.Column("host", sa.Text()))
    op.create_index("ix_feed_host", "feed", ["host"])
    connection = op.get_bind()
    for (url,) in connection.execute(sa.text("SELECT url FROM feed")).all():
        connection.execute(sa.text("UPDATE feed SET host = :host WHERE url = :url"), {"host": host_of(url), "url": url})
