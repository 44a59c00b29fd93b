"""Listen to the organisation: agendas and advice on file."""
