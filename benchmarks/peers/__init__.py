"""Small servers that do the same four operations on the same tables, each as its own documentation teaches."""
