"""The words that phone and server share: structs and enums, no behaviour."""
