"""Asking every engine every question on the same endpoints, and judging each answer by the merged data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from json import JSONDecodeError

from assurance.peers import Unavailable
from federation.answers import Oracle, read_rows
from federation.farm import Farm, Use
from federation.peers import Engine
from federation.questions import Question
from federation.running import Reply, Running

WARMING = 6
"""Each how many questions one is asked before the clock runs, so that a virtual machine is warm."""


@dataclass(frozen=True)
class Measurement:
    """One question answered by one engine.

    Args:
        engine: The engine's name.
        question: The question's name.
        reply: How long it took, or why there is no answer.
        use: What it asked of the endpoints.
        right: Whether the answer is that of the merged data.
    """

    engine: str
    question: str
    reply: Reply
    use: Use
    right: bool

    @property
    def line(self) -> str:
        """The measurement for people to read."""
        state = self.reply.failure or ("right" if self.right else "WRONG")
        asked = f"{self.use.requests:6} requests {self.use.received_kb:9.1f} kB"
        took = f"{self.reply.seconds:8.3f} s {self.reply.cpu:7.2f} CPU s"
        return f"{self.engine:10} {self.question:20} {took} {asked} {state}"


@dataclass(frozen=True)
class Bench:
    """The endpoints of a case and what is asked of them.

    Args:
        farm: The endpoints.
        oracle: Their merged data.
        questions: The questions.
        planned: Writes the plan of a question with the endpoints in it.
        seconds: How long each may take.
    """

    farm: Farm
    oracle: Oracle
    questions: Sequence[Question]
    planned: Callable[[Question], str]
    seconds: float

    def measure(self, engine: Engine, latencies: Sequence[float]) -> tuple[Use, dict[float, list[Measurement]]]:
        """Return what an engine asked before the clock ran, and its measurements by latency; nothing without it."""
        self.farm.begin(0.0)
        try:
            command = engine.command([*self.farm.urls.values()])
        except Unavailable as reason:
            print(f"NOT COMPARED: {engine.title}: {reason}")
            return self.farm.used(), {}
        asked = [one for one in self.questions if one.plan or not engine.plans]
        with Running(command, self.seconds) as running:
            for question in asked[::WARMING]:
                running.ask(self._text(engine, question))
            before = self.farm.used()
            measured = {
                latency: [self._measured(engine, running, question, latency) for question in asked]
                for latency in latencies
            }
        return before, measured

    def _text(self, engine: Engine, question: Question) -> str:
        return self.planned(question) if engine.plans else question.text

    def _measured(self, engine: Engine, running: Running, question: Question, latency: float) -> Measurement:
        self.farm.begin(latency)
        reply = running.ask(self._text(engine, question))
        use = self.farm.used()
        right = not reply.failure and self._is_right(question, running)
        measured = Measurement(engine.name, question.name, reply, use, right)
        print(measured.line, flush=True)
        return measured

    def _is_right(self, question: Question, running: Running) -> bool:
        try:
            given = read_rows(running.answer)
        except (OSError, JSONDecodeError):
            return False
        return self.oracle.agrees(question, given)
