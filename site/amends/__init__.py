"""Amends: a feedback widget, and a public board on which each complaint stands next to the reply."""
