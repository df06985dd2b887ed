"""Labelled replies of companies, and how much of what they promise is found."""
