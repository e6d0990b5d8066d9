"""Other sync servers under the same work. Installed by the bench itself, into ``.cache``."""
