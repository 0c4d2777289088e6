"""Detection: what the rules say of a task, from what is remembered of it and one observation."""

from bot.domain.detection.absence import evaluate_absence, evaluate_empty_cluster, evaluate_unread
from bot.domain.detection.acceptance import accept_as_normal
from bot.domain.detection.encoding import decode, encode
from bot.domain.detection.evaluation import evaluate
from bot.domain.detection.limits import delay_limits
from bot.domain.detection.memory import TaskMemory

__all__ = [
    "TaskMemory",
    "accept_as_normal",
    "decode",
    "delay_limits",
    "encode",
    "evaluate",
    "evaluate_absence",
    "evaluate_empty_cluster",
    "evaluate_unread",
]
