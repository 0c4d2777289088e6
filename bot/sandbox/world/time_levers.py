"""How fast the simulated time passes."""

from collections.abc import Callable, Mapping, Sequence

from bot.operations.ports import Clock
from bot.sandbox.page import Lever

GROUP = "Time"
SPEEDS = (1.0, 10.0, 60.0, 300.0)


def time_levers(
    clock: Clock, go_at: Callable[[float], None], speeds: Sequence[float] = SPEEDS
) -> Mapping[str, Lever]:
    """Give a switch for each speed; the one that is on says how fast time passes now."""

    def lever(speed: float) -> Lever:
        async def pulled() -> str:
            go_at(speed)
            return (
                "Time passes as it does." if speed == 1 else f"Time passes {speed:g} times as fast as life."
            )

        return Lever(f"{speed:g}×", pulled, GROUP, is_on=lambda: clock.speed == speed)

    return {f"speed_{speed:g}": lever(speed) for speed in sorted({*speeds, clock.speed})}
