"""Imports on screen: dropped files, one job at a time, answers."""
