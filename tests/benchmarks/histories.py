"""Random histories of failures, people, restarts and faults: how many, and what they were made of.

``python tests/benchmarks/histories.py [histories] [seed]``
"""

import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.operations.test_random_histories import ENDED, Histories


def main(histories: int, start: int) -> None:
    """Run them, and print the figures; a history that breaks a rule is printed step by step."""
    began = time.perf_counter(), time.process_time()
    wanted = settings(
        max_examples=histories,
        stateful_step_count=25,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(start)(Histories), settings=wanted)
    wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    for what, times in sorted(ENDED.items()):
        print(f"  {what:<50} {times:9}")
    print(f"  {'seconds, and of these on the processor':<50} {wall:9.0f} {cpu:9.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
