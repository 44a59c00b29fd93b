"""Files people keep and exchange: feeds.toml, topics.toml, OPML, answers to a survey."""
