"""What the parts of the client share."""

from lattice_tg.calls import Calls


class Shared:
    """What every verb works with; the client that is put together sets it."""

    _calls: Calls
    _allow_unknown: bool
