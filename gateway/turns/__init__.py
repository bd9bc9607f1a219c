"""From a delivery to what is said and kept: the burst, what the engine decides, one transaction that carries it out."""
