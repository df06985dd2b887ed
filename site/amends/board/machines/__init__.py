"""The board for machines: feeds, tables, figures, maps and marks. Each module makes one format out of plain values."""
