"""What an executive's answers teach their ranking, and in which words they are told so."""

from collections.abc import Iterable

from radar.records import Answer, Feedback, Taste

#: Answers that ranking learns from, the latest. What somebody liked years ago says little of what they need now.
MOST_ANSWERS = 200
_LEANINGS: dict[Answer, int] = {"useful": 1, "let's talk": 1, "not for me": -1, "knew already": 0}
#: Answers that a leaning is drawn towards nothing by: one answer says .33 of what it could, ten .83.
_CAUTION = 2


def learn_taste(feedback: Iterable[Feedback]) -> Taste:
    """Return what the answers of one executive teach; those taken back teach nothing.

    "Useful" and "let's talk" raise what is alike, "not for me" lowers it. "Knew already" is no dislike: it says that
    this story need not come again, and how well the topic is known. However many the answers, a leaning stays within
    -1 and 1.
    """
    standing = [one for one in feedback if one.undone_at is None]
    standing.sort(key=lambda one: (one.at, one.executive, one.week, one.item), reverse=True)
    standing = standing[:MOST_ANSWERS]
    votes: dict[str, list[int]] = {}
    for one in standing:
        if one.topic and _LEANINGS[one.answer]:
            votes.setdefault(one.topic, []).append(_LEANINGS[one.answer])
    return Taste(
        topics={topic: sum(own) / (len(own) + _CAUTION) for topic, own in sorted(votes.items())},
        liked=tuple(dict.fromkeys(one.claim for one in standing if _LEANINGS[one.answer] > 0 and one.claim)),
        disliked=tuple(dict.fromkeys(one.claim for one in standing if _LEANINGS[one.answer] < 0 and one.claim)),
        done=frozenset(one.story for one in standing if one.story and one.answer in ("knew already", "not for me")),
    )


def say_effect(answer: Answer, topic_name: str, advisor: str) -> str:
    """Return what an answer changes, in one line to the executive. `topic_name` and `advisor` may be ""."""
    alike = f"{topic_name} and of stories like this one" if topic_name else "stories like this one"
    if answer == "useful":
        return f"You will see more of {alike}."
    if answer == "not for me":
        return f"You will see less of {alike}, and this story will not come again."
    if answer == "knew already":
        knows = f", nor will a primer on {topic_name}" if topic_name else ""
        return f"This story will not come again{knows}. You will see no less of its kind."
    return f"{advisor or 'Your advisor'} hears that you want to talk about it, and you will see more of {alike}."
