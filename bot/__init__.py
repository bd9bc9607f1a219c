"""What Rasa loads: the domain, graph components around `zhtext`, the tracker store, tools."""
