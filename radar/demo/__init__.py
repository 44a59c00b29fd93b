"""The demo: a fictional press whose clock moves week by week, watched by the real Radar."""
