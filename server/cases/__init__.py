"""Cases: opened by the ladder, worked by the team, never deleted."""
