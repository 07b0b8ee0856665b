"""Items, their prices and their stock."""
