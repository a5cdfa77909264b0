"""The registry of what a person can do: its words, its table, the keys in force, what can't be done now."""
