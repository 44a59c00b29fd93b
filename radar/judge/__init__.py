"""How well does Radar do? Scores against data that it did not write."""
