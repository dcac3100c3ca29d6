"""Who calls an app: a token of our pages, or one of the identity provider's."""

import asyncio

from support.clocks import ManualClock
from support.identity import MemoryIdentity

from openmo.identity.call_identity import CallIdentity
from openmo.identity.call_tokens import CallTokens
from openmo.identity.caller import Caller


def test_both_kinds_of_token_name_their_bearer_and_others_name_nobody() -> None:
    calls, provider = CallTokens(b"calls", ManualClock()), MemoryIdentity()
    identity = CallIdentity(calls, provider)
    given = (calls.issue("ada"), provider.token("bob"), CallTokens(b"forged", ManualClock()).issue("eve"), "")
    found = [asyncio.run(identity.caller(token)) for token in given]
    assert found == [Caller(name="ada"), Caller(name="bob", makes_tokens=True), None, None]
