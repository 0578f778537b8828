"""Stop events."""

from lattice_tg.runtime.base import StopEvent


def test_listeners_are_called_when_the_event_is_set() -> None:
    """A listener is called while its context is open, and not afterwards."""
    event, called = StopEvent(), list[str]()

    with event.listening(lambda: called.append("outer")):
        with event.listening(lambda: called.append("inner")):
            pass
        event.set()

    assert (event.is_set, called) == (True, ["outer"])


def test_a_listener_of_a_set_event_is_called_at_once() -> None:
    """A listener that comes after the event is called when its context opens."""
    event, called = StopEvent(), list[str]()
    event.set()

    with event.listening(lambda: called.append("late")):
        assert called == ["late"]


def test_an_event_is_set_with_its_parent() -> None:
    """Setting the event of the work around some work also stops this work, and not the other way around."""
    parent, called = StopEvent(), list[str]()
    child, sibling = StopEvent(parent), StopEvent(parent)

    sibling.set()
    assert (parent.is_set, child.is_set) == (False, False)

    with child.listening(lambda: called.append("child")):
        parent.set()
    assert (child.is_set, called) == (True, ["child"])
