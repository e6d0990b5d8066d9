"""How much a file may hold. Beyond it a file is refused: it is broken, or meant to do harm."""

KB = 1024
MB = 1024 * KB
GB = 1024 * MB

FIELD = MB
"""Characters of one field. More means a quotation mark that is never closed."""
LINE = 8 * MB
"""Bytes between two line ends, so that a file without any is never taken into memory whole."""
ZIP_ENTRIES = 10_000
ZIP_TOTAL = 4 * GB
"""Bytes of all entries of all archives together, unpacked."""
ZIP_RATIO = 200
"""Unpacked to packed bytes of one entry; honest tables come to 10 to 50."""
ZIP_SMALL = 50 * MB
"""Entries up to this size may be packed however tightly."""
ZIP_DEPTH = 2
"""An archive, and archives inside it; no deeper."""
WORKBOOK = GB
"""Bytes of a workbook, unpacked. The words of its cells are held in memory."""
WORKBOOK_WORDS = 256 * MB
SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 16_384
