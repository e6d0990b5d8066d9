"""Attendance: calendars, and facts that know since when they are known."""
