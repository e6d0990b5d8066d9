"""Speaks SQL for the desk: reads, never writes, decides nothing.

Every answer takes a fixed number of queries, however many rows it has. What a phone holds too is
read from ``published``, so that the desk and the phones show the same words and numbers.
"""
