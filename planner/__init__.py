"""What every package of the server may use: settings, errors, the wire, time, and limits."""
