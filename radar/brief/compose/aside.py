"""Leave out what the reader set aside, and remember that it was."""

from dataclasses import replace

from radar.brief.compose.material import Material


def leave_out_held(material: Material) -> Material:
    """Return the material without the topics that are held; `held` keeps those that would have been news.

    A story goes if it is about such a topic most of all; another loses the topic, and stays for what else it is about.
    Moves on the radar stay: they are the organisation's own decisions.
    """
    if not material.held:
        return material
    kept, gone = [], set()
    for one in material.ranked:
        if one.topics and one.topics[0] in material.held:
            gone.add(one.topics[0])
        else:
            kept.append(replace(one, topics=tuple(topic for topic in one.topics if topic not in material.held)))
    moving = {topic for topic in gone if topic in material.signals and material.signals[topic].confirmed}
    return replace(material, ranked=kept, held={topic: material.held[topic] for topic in sorted(moving)})
