"""The one way to list: cursors, pages by key, totals."""
