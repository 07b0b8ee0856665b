"""Every table, one module per subject, and the rows that mirror a table."""
