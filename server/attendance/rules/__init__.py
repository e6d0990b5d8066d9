"""Pure: school days, shares of a day, and which kind comes first."""
