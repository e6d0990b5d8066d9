"""Web Push: keys, guards, encryption and the outbox that is emptied towards push services."""
