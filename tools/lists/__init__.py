"""Compares the pack's lists of what AWS decides with newer data that package registries serve."""
