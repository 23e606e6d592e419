"""EventBridge, to which clients may send what AWS services send.

ministack refuses that, as AWS does. Nothing here sends such an event by itself: no
push, no scan. So the tests send the documented ones.
"""

from __future__ import annotations

import functools

from ministack.services import eventbridge


def let_clients_send_for_services() -> None:
    """Take events whose source begins with ``aws.`` from everybody."""
    eventbridge._put_events = functools.partial(eventbridge._put_events, allow_aws_source=True)
