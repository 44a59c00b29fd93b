"""Tell what the organisation's own users say, once, after a survey has closed."""

from radar.brief.compose.items import Items
from radar.records import Need, Voice

#: By how much a mean of 1..5 has to change to be told.
LEAST_CHANGE = 0.3
#: By how much the share asking for something has to rise.
LEAST_RISE = 0.05
MAX_VOICES = 4


class Voices(Items):
    """The section *from your users*."""

    def _hear_users(self) -> tuple[Voice, ...]:
        """Say what changed since the survey before, or of a first survey what is asked for most; at most four lines."""
        survey = self.material.polled
        told = {voice.survey for issue in self.material.earlier for voice in issue.voices}
        if survey is None or survey.slug in told:
            return ()
        lines = [*self._find_changes(), *self._find_need()]
        if risen := survey.risen:
            used = f"{risen.people} of {risen.wrote} who wrote used it"
            lines.append((f"“{risen.word}” is the word that rose most: {used}", ""))
        return tuple(Voice(survey.slug, text, topic) for text, topic in lines[:MAX_VOICES])

    def _find_changes(self) -> list[tuple[str, str]]:
        changed: dict[str, tuple[float, str, Need]] = {}  # by label: a subject of several topics is told once
        for need in self.material.polled_needs:
            if need.satisfaction is not None and need.before is not None:
                change = round(need.satisfaction - need.before, 1)
                if abs(change) >= LEAST_CHANGE and need.label not in changed:
                    text = f"Satisfaction with {need.label}: {need.satisfaction:.1f} of 5 (was {need.before:.1f})"
                    changed[need.label] = change, text, need
        ordered = sorted(changed.values(), key=lambda one: (-abs(one[0]), one[0], one[2].topic))
        return [(text, need.topic) for _, text, need in ordered[:2]]

    def _find_need(self) -> list[tuple[str, str]]:
        """Return the need that rose most; where nothing can be compared, the one that most ask for."""
        asked = [need for need in self.material.polled_needs if need.asking is not None]
        if not asked:
            return []
        if any(need.asking_before is not None for need in asked):
            need = min(asked, key=lambda one: (-one.rise, one.topic))
            if need.rise < LEAST_RISE:
                return []
            before = f"before {need.asking_before} of {need.answers_before}"
            return [(f"Asked for more than before: {self._name_need(need)}, {_count(need)} ({before})", need.topic)]
        need = min(asked, key=lambda one: (-(one.asking or 0), one.topic))
        return [(f"Asked for most: {self._name_need(need)}, {_count(need)}", need.topic)]

    def _name_need(self, need: Need) -> str:
        return need.label or self._name_topic(need.topic)


def _count(need: Need) -> str:
    return f"{'at least ' if need.at_least else ''}{need.asking} of {need.answers} staff"
