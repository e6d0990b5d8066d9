"""How fast phones sync with Presente, beside its peers and beside two floors (``make bench-sync``)."""
