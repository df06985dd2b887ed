"""The views of the board, by what they show. Every view is a function of an edition and of its address alone."""

from amends.board.page import Route
from amends.board.pages import cases, company, figures, machines, overview, plain, proof, search

ROUTES: tuple[Route, ...] = (
    *plain.ROUTES,
    *overview.ROUTES,
    *cases.ROUTES,
    *company.ROUTES,
    *figures.ROUTES,
    *proof.ROUTES,
    *search.ROUTES,
    *machines.ROUTES,
)
"""Every kind of page that the board has."""
