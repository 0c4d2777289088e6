"""The program with short leases, so that a test need not wait for long; otherwise it is the same."""

from datetime import timedelta

from bot import app
from bot.cli import main
from bot.operations import deliver_messages
from bot.operations.hold_leases import Pace

if __name__ == "__main__":
    vars(app)["SHARED"] = Pace(timedelta(seconds=3), timedelta(seconds=0.5), timedelta(seconds=5))
    deliver_messages.LEASE = timedelta(seconds=5)
    deliver_messages.BEGIN_WITHIN = timedelta(seconds=3)
    main()
