"""A ladder's file, read with every fault named by its line."""
