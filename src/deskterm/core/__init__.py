"""The engine that every front end shares."""
