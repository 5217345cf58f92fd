"""The sampling board as a table that may leave: sites are numbered, for no output names them."""

from apps.exports.engine.writing import Sheet, Value
from apps.participants.queries.sampling import Board, BoardCell

HEADINGS = ("Group", "Site", "Target", "Interviewed", "Booked", "Invited", "To find", "Left")


def board_sheet(board: Board) -> Sheet:
    """Cell by cell, then the totals."""
    number = {site.id: f"Site {place}" for place, site in enumerate(board.sites, start=1)}

    def row(group: str, site: str, cell: BoardCell) -> list[Value]:
        counts = cell.standings
        return [
            group,
            site,
            counts.target.words,
            counts.interviewed,
            counts.booked,
            counts.invited,
            counts.to_find,
            counts.gone,
        ]

    rows = [
        row(each.group.name, number[cell.site.id], cell)
        for each in board.rows
        for cell in each.cells
        if cell.site
    ]
    totals = [row(each.group.name, "All sites", each.total) for each in board.rows]
    every = BoardCell(None, None, board.total)
    return Sheet("Sampling board", HEADINGS, [*rows, *totals, row("All groups", "All sites", every)])
