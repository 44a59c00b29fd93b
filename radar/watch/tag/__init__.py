"""Tag stories with topics: [Story] → [Tag]; works with no labels, from the topic list alone.

Aliases prove a topic, seeds hint at it. Stories proven by an alias, and what the advisor said, teach one logistic
regression a topic over weighted words and the embedding, so that a story that uses neither an alias nor a seed can be
recognised by its company. What was learnt is plain arrays; the same stories teach the same, every time.
"""

from radar.watch.tag.evidence import story_texts
from radar.watch.tag.gate import Verdict, judge_model, take_fingerprint
from radar.watch.tag.model import Model
from radar.watch.tag.phrases import PhraseFinder, fold_words
from radar.watch.tag.tagger import TAGGED, Guess, Tagger, learn_from_stories

__all__ = [
    "TAGGED",
    "Guess",
    "Model",
    "PhraseFinder",
    "Tagger",
    "Verdict",
    "fold_words",
    "judge_model",
    "learn_from_stories",
    "story_texts",
    "take_fingerprint",
]
