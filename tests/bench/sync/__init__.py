"""How fast phones sync with Presente, beside peers and beside two floors (``make bench-sync``)."""
