"""Watch the world: fetch → parse → group → tag → detect."""
