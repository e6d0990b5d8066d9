"""The quick road: many mutations of one phone planned together and written with few statements.

It knows the common deeds only, and declines whatever is unusual in any way: the road of
``service.take``, one mutation at a time, decides that. Both give the same receipts, rows,
versions, positions and history; a property test holds them together.
"""
