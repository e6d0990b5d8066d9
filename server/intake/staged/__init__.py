"""What the files say, in a throw-away database: named, checked, codes looked up."""
