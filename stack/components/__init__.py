"""Generic AWS building blocks: functions that create resources and return frozen dataclasses."""
