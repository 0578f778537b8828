"""What the parts of the client share."""

from lattice_tg.calls import RequestSender


class ClientBase:
    """What every verb works with; the client that is put together sets it."""

    _sender: RequestSender
    _allow_unknown: bool
