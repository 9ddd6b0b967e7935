"""One thread between a household and the service, in the mini-program and in the official account's chat.

What somebody writes is answered at once; what changes something waits on a card for their yes; what is not understood
goes to a person. There is no language model in it.
"""

from backend.doorstep.conversation.queries import place_of_card

__all__ = ["place_of_card"]
