"""Brief the executives: rank → compose → render → mail."""
