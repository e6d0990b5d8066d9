"""What intake says of files, in English and in Spanish: by a stable code and the values in it.

Whoever finds something wrong names a code (``why("missing")``, ``refusal("zip_bomb", ...)``); the
sentences stand in the tables here and nowhere else.
"""
