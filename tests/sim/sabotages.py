"""Faults put into the product's own code on purpose, each a line or two, and who must notice it.

A patch must fit exactly once: when the code moves, ``make sabotage`` says so. What happens on a
phone is broken in the simulated phone, and in the phone's own TypeScript beside it.
"""

from tests.sim.sabotages_feed import FEED
from tests.sim.sabotages_lives import LIVES
from tests.sim.sabotages_phone import PHONE
from tests.sim.sabotages_server import SERVER

ALL = SERVER + FEED + PHONE + LIVES
SAMPLE = ("chain_forgets", "cursor_to_head", "reset_clears_outbox", "overlay_drop_at_receipt")
"""A few for every test run."""
