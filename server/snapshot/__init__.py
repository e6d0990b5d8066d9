"""The data snapshot: every figure of the 120th-day report, from rows, by stated settings."""
