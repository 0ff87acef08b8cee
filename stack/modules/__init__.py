"""This application's parts, each a component resource that composes the building blocks."""
