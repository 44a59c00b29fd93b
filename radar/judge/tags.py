"""Score tags against labels: F1 by text and by label, the first label, the first three."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TagScore:
    """How well tags fit labels. All but the counts are 0..1."""

    texts: int
    labels: int  # different ones, in the labels or the tags
    micro_f1: float  # over all tags
    macro_f1: float  # the mean over the labels that the texts bear
    first_label: float  # texts whose first tag is one of their labels
    recall_at_3: float  # labels found among the first three tags
    without: int  # texts with no tag


def score_tags(found: Sequence[Sequence[str]], labels: Sequence[Collection[str]]) -> TagScore:
    """Compare the tags of texts (best first) with their labels, text by text.

    Micro and macro F1 as Sebastiani (2002), section 7.1.1; texts without labels count for false tags only.
    """
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    first = among = labelled = 0
    for tags, own in zip(found, labels, strict=True):
        wanted = set(own)
        said.update(set(tags))
        true.update(wanted)
        right.update(wanted & set(tags))
        labelled += bool(wanted)
        first += bool(tags) and tags[0] in wanted
        among += len(wanted & set(tags[:3]))
    per_label = [2 * right[label] / (said[label] + true[label]) for label in true]
    return TagScore(
        texts=len(found),
        labels=len({*said, *true}),
        micro_f1=_share(2 * right.total(), said.total() + true.total()),
        macro_f1=_share(sum(per_label), len(per_label)),
        first_label=_share(first, labelled),
        recall_at_3=_share(among, true.total()),
        without=sum(not tags for tags in found),
    )


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
