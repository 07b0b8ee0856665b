"""The catalogue: what is offered, at which price, and how much of it is there."""
