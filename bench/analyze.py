"""Time and memory of the analysis, beside the floor: to list the same tree and read the same candidate files.

`python bench/analyze.py [FILES...]` makes trees of 10, 1k, 10k and 100k files (or of the numbers given) in a temporary
folder. `python bench/analyze.py FOLDER...` takes folders of yours and adds what each extractor costs. Analysis and
floor take turns in fresh processes; each number is a median. Floor and analysis are seconds of the processor, which
a busy machine leaves alone, without the interpreter's start and its imports; "whole s" is a clock's time with them.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from _trees import make_tree

SIZES = (10, 1_000, 10_000, 100_000)
RUNS = 5


def analyse(root: str, _: str) -> None:
    """What `nomad-spec analyze --json` does, its output left out."""
    from muster.nomad.domain.candidates import chosen, find_candidates
    from muster.nomad.domain.merge.evidence import merge_evidence
    from muster.nomad.tools.git_codebase import GitCodebase

    def run() -> None:
        codebase = GitCodebase()
        evidence, name = codebase.evidence(root), codebase.name(root)
        candidates = find_candidates(evidence, name=name)
        merge_evidence(evidence, candidates, chosen(candidates), name=name).model_dump_json(indent=2)

    report(run)


def floor(root: str, listed: str) -> None:
    """List the tree, without the folders that are skipped, and read the candidates as text."""
    from muster.nomad.tools.ignored_paths import SKIPPED_FOLDERS

    candidates = json.loads(Path(listed).read_text())

    def run() -> None:
        for _, folders, _ in os.walk(root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
        for path in candidates:
            with open(os.path.join(root, path), "rb") as stream:  # noqa: PTH118, PTH123 - the cheapest way there is
                stream.read().decode(errors="replace")

    report(run)


def report(run: Callable[[], None]) -> None:
    """Print what it costs, and the peak of memory in MiB before and with it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    run()
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "before_mib": before / 1024, "peak_mib": peak / 1024}))


def child(what: str, root: Path, listed: Path) -> dict[str, float]:
    """One measurement in a fresh process, with the time of the whole process."""
    started = time.perf_counter()
    argv = [sys.executable, __file__, what, str(root), str(listed)]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    return json.loads(done.stdout) | {"whole": time.perf_counter() - started}


def candidates_of(root: Path) -> list[str]:
    """The files that the extractors read."""
    from muster.nomad.domain.extractors.registry import EXTRACTORS
    from muster.nomad.tools.repository_tree import read_tree

    return list(read_tree(root, EXTRACTORS).files)


def measure(name: str, root: Path, scratch: Path) -> None:
    """Print a line about one tree."""
    candidates = candidates_of(root)
    listed = scratch / "candidates.json"
    listed.write_text(json.dumps(candidates))
    rounds = [{what: child(what, root, listed) for what in ("floor", "analyse")} for _ in range(RUNS + 1)][1:]

    def median(what: str, key: str) -> float:
        return statistics.median(one[what][key] for one in rounds)

    size = sum((root / path).stat().st_size for path in candidates if (root / path).exists()) / 2**20
    ratio = statistics.median(one["analyse"]["seconds"] / one["floor"]["seconds"] for one in rounds)
    floor_s, analyze_s, whole_s = median("floor", "seconds"), median("analyse", "seconds"), median("analyse", "whole")
    seconds = f"{floor_s:8.3f} {analyze_s:9.3f} {ratio:6.1f} {whole_s:8.2f}"
    peaks = f"{median('floor', 'peak_mib'):9.0f} {median('analyse', 'peak_mib'):9.0f}"
    print(f"{name:24} {len(candidates):6} {size:6.1f} {seconds} {peaks}", flush=True)


def each_extractor(root: Path) -> None:
    """Print what each extractor costs on one tree."""
    from muster.nomad.domain.extractors.registry import EXTRACTORS
    from muster.nomad.tools.repository_tree import read_tree

    tree = read_tree(root, EXTRACTORS)
    for extractor in EXTRACTORS:
        wanted = {path: file for path, file in sorted(tree.files.items()) if extractor.wants(path)}
        started = time.process_time()
        extractor.extract(wanted)
        seconds = time.process_time() - started
        if wanted:
            each = 1000 * seconds / len(wanted)
            print(f"    {extractor.name:20} {len(wanted):6} files {seconds:7.3f} s {each:7.2f} ms a file", flush=True)


def main() -> None:
    """Measure the trees that are asked for."""
    match sys.argv[1:]:
        case ["analyse" as what, root, listed] | ["floor" as what, root, listed]:
            {"analyse": analyse, "floor": floor}[what](root, listed)
            return
        case words:
            folders = [Path(word).resolve() for word in words if not word.isdigit()]
            sizes = [int(word) for word in words if word.isdigit()] or ([] if folders else SIZES)
    print(
        f"{'tree':24} {'read':>6} {'MiB':>6} {'floor s':>8} {'analyze s':>9} {'ratio':>6} {'whole s':>8}"
        f" {'floor MiB':>9} {'peak MiB':>9}"
    )
    with TemporaryDirectory(prefix="muster-bench-") as scratch:
        for size in sizes:
            root = Path(scratch, f"tree{size}")
            root.mkdir()
            make_tree(root, size)
            measure(f"{size} files", root, Path(scratch))
        for folder in folders:
            measure(folder.name, folder, Path(scratch))
            each_extractor(folder)


if __name__ == "__main__":
    main()
