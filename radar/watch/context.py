"""Score terms by the company they keep: do the words beside them belong to the trade, or to the world's news?"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from radar.text import fold_phrase, split_terms
from radar.watch.terms import Ints, TermIndex, is_number

Floats = NDArray[np.float64]

SPAN = 104  # weeks of titles the weights are learned from
MIN_TITLES = 3  # rarer words have no weight
PRIOR = 10.0  # titles' worth of ignorance
SCARCE = 0.005  # share of titles below which a list says nothing: in another language its absence would repel
MOST = 2.0  # largest log odds, either way

# Common nouns and veterans, none of which can become news. Not lists of what to find: they tell which words attract and
# which repel, each stream for itself. The trade's vocabulary alone loses companies and rules, hence the market's.
TRADE = frozenset(
    """software hardware encryption cryptography database databases server servers compiler compilers algorithm
    algorithms browser browsers api apis open-source programming programmer programmers developer developers code coding
    source processor processors chip chips cpu gpu robot robots robotics battery batteries wireless sensor sensors
    malware vulnerability vulnerabilities exploit network networks networking protocol protocols kernel linux unix
    library framework javascript html css sql java python c++ debugging debugger runtime interface interfaces web
    internet computer computers computing machine-learning neural storage memory cache virtual password passwords
    authentication firmware router bandwidth cluster container distributed parser syntax benchmark release plugin editor
    terminal""".split()
)
MARKET = frozenset(
    """startup startups launch launches launched company companies customers users platform product products app apps
    service services privacy security breach data cloud bank payments mobile device devices phone online digital
    technology tech automation autonomous""".split()
)
WORLD = frozenset(
    """president minister senate senator parliament congress election elections vote votes voters campaign politics
    political politicians police murder murdered killed kills killing deadly prison jail judge war wars troops army
    military immigration immigrants immigrant refugees church religion religious school schools teacher teachers
    university college students football soccer basketball baseball olympics athlete film films movie movies music album
    song songs singer actor actress hollywood theatre novel novels art artist artists museum ancient food eat eating
    diet cancer disease diseases drug drugs doctors patients hospital hospitals vaccine brain sleep health medical women
    men children kids parents family marriage sex race racism racist poor poverty housing rent wages workers flood storm
    hurricane earthquake wildfire climate weather ocean sea animals animal birds fish planet moon mars galaxy asteroid
    universe physics protest protests protesters activists crime criminal victims death dead dies""".split()
)


def weigh_words(index: TermIndex, until: int) -> Floats:
    """Return for each token what standing beside it says of a term, from the SPAN weeks before `until`.

    The log odds, -MOST to MOST each, of a word of the trade and of the market in the same title, less those of a word
    of the world's news: "exploit" attracts, "minister" repels. 0 where too little is known, and of a list that
    the stream hardly uses.
    """
    begin, end = np.searchsorted(index.title_week, (until - SPAN, until))
    starts = index.title_start[begin : end + 1]
    tokens = index.title_tokens[starts[0] : starts[-1]]
    title = np.repeat(np.arange(end - begin), np.diff(starts))
    size = len(index.tokens)
    titles = np.bincount(tokens, minlength=size)
    weights = np.zeros(size)
    for sign, seeds in ((1, TRADE), (1, MARKET), (-1, WORLD)):
        seed = np.array([token in seeds for token in index.tokens], bool)
        held = np.bincount(title, seed[tokens], end - begin)
        beside = np.bincount(tokens, held[title] - seed[tokens] > 0, size)
        base = float((held > 0).mean()) if end > begin else 0.0
        if base < SCARCE:
            continue
        odds = np.log((beside + PRIOR * base) / (titles + PRIOR) / base)
        weights += sign * np.clip(odds, -MOST, MOST)
    weights[titles < MIN_TITLES] = 0.0
    return weights


def score_terms(index: TermIndex, weights: Floats, terms: Ints, since: int, until: int) -> Floats:
    """Return for each term the mean weight of the other words in its titles of the weeks [since, until)."""
    running = np.concatenate(([0.0], np.cumsum(weights[index.title_tokens])))
    starts = index.title_start
    scores = np.zeros(len(terms))
    for place, term in enumerate(terms.tolist()):
        low, high = index.start[term], index.start[term + 1]
        a, b = low + np.searchsorted(index.week[low:high], (since, until))
        titles = index.title[a:b]
        if not len(titles):
            continue
        own = [word for word in index.words[term].tolist() if word >= 0]
        total = running[starts[titles + 1]] - running[starts[titles]] - weights[own].sum()
        scores[place] = float(np.mean(total / np.maximum(starts[titles + 1] - starts[titles] - len(own), 1)))
    return scores


def propose_seeds(titles: Sequence[str], names: Sequence[str], limit: int = 8) -> tuple[str, ...]:
    """Return the words that stand beside a term's names in titles far more often than elsewhere, the likeliest first.

    Each has to be in two titles that name it; numbers, stop words and the names themselves are none.
    """
    own = {fold_phrase(name) for name in names}
    parts = {word for name in own for word in name.split()}
    near: Counter[str] = Counter()
    far: Counter[str] = Counter()
    for title in titles:
        words = split_terms(title)
        line = f" {' '.join(words)} "
        named = any(f" {name} " in line for name in own)
        (near if named else far).update({word for word in words if len(word) > 2 and not is_number(word)} - parts)
    total = max(1, sum(far.values()))
    scores = {word: count * math.log((count / (far[word] + 1)) * total) for word, count in near.items() if count > 1}
    return tuple(sorted(scores, key=lambda word: (-scores[word], word))[:limit])
