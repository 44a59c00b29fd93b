"""Radar watches the tech press, listens to the organisation, and briefs each executive.

Watch:  fetch → parse → group → tag → detect         what is emerging in the world
Listen: agenda, advice                               what the organisation wants and holds
Brief:  rank → compose → render → mail               what each executive hears, and why
"""

__version__ = "0.1.0"
