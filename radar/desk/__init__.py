"""The advisor's desk, one for every face: the store and the rules of the rooms, joined."""
