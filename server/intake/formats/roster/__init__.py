"""What the rosters of OneRoster and Microsoft SDS have in common: sessions, classes and stays."""
