"""The one way to list: paginator, cursors, pages by key, totals."""
