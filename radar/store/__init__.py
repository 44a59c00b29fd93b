"""What Radar remembers: one class, `Store`; each method is one transaction with one intent.

Importing this package imports no SQLAlchemy (it costs more than a whole `radar query` may): `Store`, `open_store` and
`migrate` load it on first use, and `radar.store.lookup` answers the quick questions without it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radar.store.migrate import migrate as migrate
    from radar.store.store import Store as Store
    from radar.store.store import open_store as open_store

__all__ = ["Store", "migrate", "open_store"]


def __getattr__(name: str) -> Any:
    if name == "migrate":
        # Not import_module: the module of the same name would take the function's place.
        from radar.store.migrate import migrate

        globals()["migrate"] = migrate
        return migrate
    if name in ("Store", "open_store"):
        from radar.store import store

        return getattr(store, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
