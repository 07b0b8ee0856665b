"""What every generated client stands on: written by hand, knows no operation. Users import `steelyard_client`."""
