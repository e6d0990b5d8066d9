"""The border: what comes in over HTTP is checked here, and what goes out is shaped here."""
