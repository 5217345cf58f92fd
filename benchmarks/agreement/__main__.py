"""Speed of the agreement engine: `python -m benchmarks.agreement [S M L] [--growth FILE.svg]`.

Each size runs in a process of its own (for its memory), on one thread, and is repeated; medians are printed.
Peers compute character-level point estimates of the same study on a few codes, scaled to all codes.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from apps.agreement.engine import Study, compute, find, tabulate
from apps.agreement.engine.report import summarise

from .peers import seconds_of_scikit_learn, seconds_of_statsmodels
from .studies import LARGE, MEDIUM, SMALL, Size, study

SIZES = {size.name: size for size in (SMALL, MEDIUM, LARGE)}
REPEATS = {"S": 9, "M": 5, "L": 1}
TARGETS = {"S": 0.15, "M": 1.0, "L": 10.0}
MEMORY_TARGETS = {"M": 200, "L": 1000}
PEER_CODES = 2


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agreement", description=__doc__)
    parser.add_argument("sizes", nargs="*", default=list(SIZES))
    parser.add_argument("--growth", type=Path, help="also time growing studies, and draw them as SVG")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(SIZES[options.one])))
        return
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    rows = [in_a_process(name) for name in options.sizes]
    print_table(rows)
    if options.growth:
        options.growth.write_text(growth_plot(growth()), encoding="utf-8")


def in_a_process(name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.agreement", "--one", name]
    one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=one_thread)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(size: Size) -> dict[str, Any]:
    given = study(size)
    before = peak_megabytes()
    repeats = REPEATS[size.name]
    whole, whole_cpu = median_seconds(lambda: compute(given, replicates=1000), repeats)
    memory = peak_megabytes()
    tables = tabulate(given)
    parameters = compute(given, replicates=0).parameters
    found: dict[str, Any] = {
        "name": size.name,
        "spans": len(given.spans),
        "whole": whole,
        "whole_cpu": whole_cpu,
        "memory": memory,
        "study_memory": before,
        "points": median_seconds(lambda: compute(given, levels=["character"], replicates=0), repeats)[1],
        "from_tables": median_seconds(lambda: summarise(tables, parameters), repeats)[1],
        "floor": median_seconds(lambda: floor(given), repeats)[1],
    }
    if size.name != "L":
        found["discrepancies"] = median_seconds(lambda: find(given), max(3, repeats // 2))[1]
        codes = np.random.default_rng(0).choice(size.codes, PEER_CODES, replace=False) + 4
        share = size.codes / PEER_CODES
        found["scikit-learn"] = share * seconds_of_scikit_learn(given, codes.tolist())
        found["statsmodels"] = share * seconds_of_statsmodels(given, codes.tolist())
    return found


def floor(given: Study) -> None:
    """Sort all starts and ends, and sum over them: less cannot be done."""
    spans = given.spans
    reach = int(spans.end.max()) + 1
    group = (spans.transcript * len(given.codes) + spans.code) * reach
    events = np.concatenate([(group + spans.start) * 2 + 1, (group + spans.end) * 2])
    events.sort()
    np.cumsum(np.where(events & 1, 1, -1))


def median_seconds(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Give median wall and processor time, after one run to warm up (unless there is only one)."""
    if repeats > 1:
        work()
    walls, processors = [], []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return statistics.median(walls), statistics.median(processors)


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_table(rows: list[dict[str, Any]]) -> None:
    """Print three Markdown tables: the whole, its parts beside the floor, and the peers."""
    print_row("size", "spans", "everything, 1,000 replicates", "target", "processor", "peak memory", "target")
    print_row(*["---"] * 7)
    for row in rows:
        memory = f"{row['memory']:.0f} MB (of it {row['study_memory']:.0f} the study)"
        print_row(
            row["name"],
            f"{row['spans']:,}",
            f"{row['whole']:.3f} s",
            f"{TARGETS[row['name']]} s",
            f"{row['whole_cpu']:.3f} s",
            memory,
            f"{MEMORY_TARGETS[row['name']]} MB" if row["name"] in MEMORY_TARGETS else "–",
        )
    print("\nProcessor time of the parts:\n")
    print_row(
        "size", "character level, points", "bare sort and sum", "share", "from stored tables", "discrepancies"
    )
    print_row(*["---"] * 6)
    for row in rows:
        print_row(
            row["name"],
            f"{1000 * row['points']:.1f} ms",
            f"{1000 * row['floor']:.1f} ms",
            f"{100 * row['floor'] / row['points']:.0f} %",
            f"{1000 * row['from_tables']:.0f} ms",
            f"{row['discrepancies']:.2f} s" if "discrepancies" in row else "–",
        )
    print("\nProcessor time of point estimates at character level:\n")
    print_row("size", "ours", "scikit-learn, Cohen's kappa", "times", "statsmodels, Fleiss' kappa", "times")
    print_row(*["---"] * 6)
    for row in (row for row in rows if "scikit-learn" in row):
        cells = [f"{1000 * row['points']:.1f} ms"]
        for peer in ("scikit-learn", "statsmodels"):
            cells += [f"{row[peer]:.1f} s", f"{row[peer] / row['points']:,.0f}"]
        print_row(row["name"], *cells)


def print_row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |")


def growth() -> list[tuple[int, float]]:
    """Time the counting at character level for studies of 1 to 512 transcripts."""
    found = []
    for transcripts in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
        given = study(Size("", transcripts, 3, 60, 400))
        _, seconds = median_seconds(lambda given=given: tabulate(given, levels=["character"]), 3)  # type: ignore[misc]
        found.append((len(given.spans), seconds))
        print(f"{len(given.spans):>9,} spans {1000 * seconds:9.1f} ms", flush=True)
    return found


def growth_plot(points: list[tuple[int, float]]) -> str:
    """Draw time against spans on logarithmic scales, with n log n through the last point."""
    width, height, margin = 480, 320, 48
    spans, seconds = [point[0] for point in points], [point[1] for point in points]
    scale = seconds[-1] / (spans[-1] * math.log(spans[-1]))
    ideal = [scale * number * math.log(number) for number in spans]
    low, high = math.log10(min(*seconds, *ideal)), math.log10(max(*seconds, *ideal))
    left, right = math.log10(spans[0]), math.log10(spans[-1])

    def place(number: float, time: float) -> tuple[float, float]:
        across = (math.log10(number) - left) / (right - left)
        up = (math.log10(time) - low) / (high - low)
        return margin + across * (width - 1.5 * margin), height - margin - up * (height - 1.5 * margin)

    bottom = height - margin
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, spans, ideal))
    marks = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in map(place, spans, seconds)]
    for number in spans[::3]:
        x, _ = place(number, seconds[0])
        marks.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{number:,}</text>')
    for spent in (seconds[0], seconds[-1]):
        _, y = place(spans[0], spent)
        marks.append(f'<text x="{margin - 8}" y="{y + 4:.1f}" text-anchor="end">{1000 * spent:.0f}</text>')
    marks.append(f'<text x="{width / 2}" y="{height - 8}" text-anchor="middle">spans</text>')
    marks.append(f'<text x="{margin + 12}" y="{margin / 2}">milliseconds; the line is n log n</text>')
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
    style = 'font-family="sans-serif" font-size="11"'
    return f'{opening} {style}><polyline points="{line}" fill="none" stroke="#999"/>{"".join(marks)}</svg>\n'


if __name__ == "__main__":
    main()
