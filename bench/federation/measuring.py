"""Asking every engine every question on the same endpoints, and judging each answer by the merged data."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
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
class Measured:
    """What engines did.

    Args:
        before: What each asked of the endpoints before the clock ran, by its name.
        measurements: Its measurements, by the latency and its name.
    """

    before: dict[str, Use]
    measurements: dict[float, dict[str, list[Measurement]]]


@dataclass(frozen=True)
class Bench:
    """The endpoints of a case and what is asked of them.

    Args:
        farm: The endpoints.
        oracle: Their merged data.
        questions: The questions.
        planned: Writes the plan of a question with the endpoints in it.
        seconds: How long each may take, by the engine's name; under no name, for those that are not named.
    """

    farm: Farm
    oracle: Oracle
    questions: Sequence[Question]
    planned: Callable[[Question], str]
    seconds: Mapping[str, float]

    def measure(self, engines: Sequence[Engine], latencies: Sequence[float]) -> Measured:
        """Ask every question of one engine after the other, so that whatever else the machine does meets all of them.

        An engine that cannot be had is told and left out.
        """
        found = Measured({}, {latency: {} for latency in latencies})
        with ExitStack() as stack:
            running = {}
            for engine in engines:
                self.farm.begin(0.0)
                started = self._started(engine)
                if started:
                    running[engine] = stack.enter_context(started)
                    for question in self._asked(engine)[::WARMING]:
                        started.ask(self._text(engine, question))
                    found.before[engine.name] = self.farm.used()
            for latency, question, engine in product(latencies, self.questions, running):
                if question in self._asked(engine):
                    measured = self._measured(engine, running[engine], question, latency)
                    found.measurements[latency].setdefault(engine.name, []).append(measured)
        return found

    def _asked(self, engine: Engine) -> Sequence[Question]:
        return [one for one in self.questions if one.plan or not engine.plans]

    def _started(self, engine: Engine) -> Running | None:
        try:
            command = engine.command([*self.farm.urls.values()])
        except Unavailable as reason:
            print(f"NOT COMPARED: {engine.title}: {reason}")
            return None
        return Running(command, self.seconds.get(engine.name, self.seconds[""]))

    def _text(self, engine: Engine, question: Question) -> str:
        return self.planned(question) if engine.plans else question.text

    def _measured(self, engine: Engine, running: Running, question: Question, latency: float) -> Measurement:
        if running.cold:  # a virtual machine that has just been started would pay for the query before
            self.farm.begin(0.0)
            running.ask(self._text(engine, self._asked(engine)[0]))
            running.cold = False
        self.farm.begin(latency)
        reply = running.ask(self._text(engine, question))
        use = self.farm.used()
        if reply.failure:
            self.farm.rest()
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
