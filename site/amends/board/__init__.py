"""The public board: static pages, each a function of the record and the instant of the build."""

from amends.board.app import create_board, urls

__all__ = ["create_board", "urls"]
