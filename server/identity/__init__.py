"""People of the programme: how they come in, prove who they are, and are let go."""
