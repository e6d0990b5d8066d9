"""What the district has chosen: its ladder, its time zone, from when on something is late."""
