"""The demo: a small invented district, loaded through the same import as a real one."""
