"""The client: every verb of target groups, each a few lines over the floors below."""

from lattice_tg.client.target_group_client import TargetGroupClient

__all__ = ["TargetGroupClient"]
