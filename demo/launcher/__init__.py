"""Starts the whole demo with one command, and leaves nothing behind."""
