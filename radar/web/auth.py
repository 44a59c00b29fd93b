"""API keys: `radar_<prefix>_<secret>`, shown once, stored as SHA-256.

The prefix finds the key and may be named in logs and lists; the secret is 256 random bits, so a plain hash is enough
(there is nothing to guess) and checking one costs no more than a look-up.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime
from typing import Literal, get_args

from radar.errors import ConfigError
from radar.records import Key

Scope = Literal["reader", "advisor", "executive"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

_BEARER = re.compile(r"bearer +radar_([a-z2-7]{8})_([A-Za-z0-9_-]{43})", re.IGNORECASE)
# Compared with when no key has the prefix, so that both refusals take the same steps.
_NO_HASH = "0" * 64


def create_key(
    name: str, scope: Scope, executive: str, now: datetime, token_bytes: Callable[[int], bytes]
) -> tuple[Key, str]:
    """Make a key; return what the store keeps and the text to hand over, which cannot be had again.

    `token_bytes` is the source of randomness (`secrets.token_bytes`). Raises ConfigError for a scope that is none, and
    when a key for an executive names nobody or another one names somebody.
    """
    if scope not in SCOPES:
        raise ConfigError(f"key {name!r}: scope {scope!r} is none; use {', '.join(SCOPES)}")
    if scope == "executive" and not executive:
        raise ConfigError(f"key {name!r}: the scope executive needs the executive it is for")
    if scope != "executive" and executive:
        raise ConfigError(f"key {name!r}: the scope {scope} is for nobody in particular; leave {executive!r} out")
    prefix = base64.b32encode(token_bytes(5)).decode().lower()
    secret = base64.urlsafe_b64encode(token_bytes(32)).decode().rstrip("=")
    return Key(prefix, name, scope, hash_secret(secret), now, executive), f"radar_{prefix}_{secret}"


def check_key(authorization: str, find_key: Callable[[str], Key | None]) -> Key | None:
    """Return the key an Authorization header proves, or None: malformed, unknown, wrong and revoked are the same."""
    match = _BEARER.fullmatch(authorization.strip())
    if match is None:
        return None
    prefix, secret = match[1].lower(), match[2]
    key = find_key(prefix)
    stored = _NO_HASH if key is None else key.secret_hash
    if not hmac.compare_digest(stored.encode(), hash_secret(secret).encode()):
        return None
    return None if key is None or key.revoked_at is not None else key


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a secret, in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()
