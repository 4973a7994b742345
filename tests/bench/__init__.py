"""Measurements of what the documentation claims about speed; figures only, no verdict."""
