"""The outbox: what happened, written in the transaction of the change."""
