"""How much detail an executive reads, the topics a statement may be about, and those it is not about."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("executive", sa.Column("detail", sa.Text(), server_default="standard", nullable=False))
    for name in ("proposed", "dismissed"):
        op.add_column("statement", sa.Column(name, sa.Text(), server_default="[]", nullable=False))
