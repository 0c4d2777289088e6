"""The program with short leases, so that a test need not wait for long; otherwise it is the same."""

from datetime import timedelta
from functools import partial

from bot import app, jobs
from bot.cli import main
from bot.operations import deliver_messages
from bot.operations.hold_leases import Leases

if __name__ == "__main__":
    vars(app)["Leases"] = partial(Leases, length=timedelta(seconds=3))
    vars(jobs)["RENEW_EVERY"] = timedelta(seconds=0.5)
    deliver_messages.LEASE = timedelta(seconds=5)
    deliver_messages.BEGIN_WITHIN = timedelta(seconds=3)
    main()
