r"""
Soundness of the certifiers, counted: ``python -m soundness [--seed N] [--scale X] [--jobs N] [--only FAMILY] …``.

Every certifier that applies is asked about networks of which the truth is known from elsewhere: with planted failures,
random, and degenerate. The exit code is 1 when an answer contradicts the truth, when a certifier breaks, when the
checker refuses a certificate, or when it accepts a forged one. "Not proved" is a right answer.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from .run import GROUPS, run, tasks


def _all(calls, jobs):
    r"""Return the results, and the calls in whose process something died."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["soundness.run"])
    done, died, part = [], [], 100 * jobs
    # A worker serves few networks: what the package keeps for them does not add up.
    for k in range(0, len(calls), part):
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            futures = {pool.submit(run, *call): call for call in calls[k : k + part]}
            for future in as_completed(futures):
                try:
                    done.append(future.result())
                except Exception as error:  # a process that died, or an error where none was expected
                    print(f"{futures[future][0]}: {error!r}", file=sys.stderr, flush=True)
                    died.append(futures[future])
                    continue
                _tell(done[-1], futures[future][1])
        print(f"{len(done)} of {len(calls)} networks", file=sys.stderr, flush=True)
    return done, died


def main(arguments=None):
    r"""Run, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m soundness", description=__doc__.split("\n")[1])
    parser.add_argument("--seed", type=int, default=0, help="another seed, other networks (default 0)")
    parser.add_argument("--scale", type=float, default=1.0, help="multiple of the number of networks (default 1)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--only", action="append", metavar="GENERATOR", help="only this generator; may be repeated")
    parser.add_argument("--index", type=int, help="only the network with this index")
    parser.add_argument("--certifier", action="append", help="only this certifier; may be repeated")
    options = parser.parse_args(arguments)
    todo = tasks(options.scale, options.only)
    if options.index is not None:
        todo = [task for task in todo if task[2] == options.index]
    with tempfile.TemporaryDirectory() as folder:
        calls = [(task, options.seed, options.certifier, Path(folder)) for task in todo]
        done, died = _all(calls, options.jobs)
        refused = _elsewhere(sorted(Path(folder).glob("*.json")))
    return _table(done, refused, died)


def _tell(result, seed):
    (_, name, index), family, _, answers = result
    for answer in answers:
        for text in answer.wrong:
            again = f"--seed {seed} --only {name} --index {index} --certifier {answer.certifier}"
            print(f"WRONG {family} {answer.certifier}: {text[:400]}  ({again})", flush=True)


def _elsewhere(paths):
    r"""Check the files in processes without Sage; return what came out for each, and what is wrong with that."""
    results, wrong = Counter(), []
    for k in range(0, len(paths), 50):
        part = list(map(str, paths[k : k + 50]))
        command = [sys.executable, "-m", "sage_mlvar.check", "--json", *part]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = list(map(json.loads, found.stdout.splitlines()))
        results.update(line["result"] for line in lines)
        # "believed": the claim follows if the list of singular points, which an engine made, is complete.
        refused = [line for line in lines if line["result"] not in ("proved", "believed")]
        wrong += [f"{line['file']}: {line['text'][:400]}" for line in refused]
        if len(lines) != len(part):
            wrong.append(f"{len(lines)} of {len(part)} files were read: {found.stderr[-400:]}")
    return results, wrong


def _table(done, elsewhere, died):
    names = sorted({a.certifier for *_, answers in done for a in answers})
    rows, counts, totals = defaultdict(lambda: defaultdict(Counter)), Counter(), defaultdict(Counter)
    groups, seconds = Counter(), Counter()
    for (group, _, _), family, exact, answers in done:
        groups[group] += 1
        row = rows[group, family]
        row["all"].update(networks=1, exact=int(exact))
        for a in answers:
            row[a.certifier].update(asked=1, proved=int(a.result == "proved"))
            row["all"]["wrong"] += len(a.wrong)
            counts += a.counts
            totals[a.certifier].update(a.counts, asked=1, proved=int(a.result == "proved"), wrong=len(a.wrong))
            seconds[a.certifier] += a.seconds
    print(
        f"{'proved/asked':24}{'networks':>9}{'known':>7}" + "".join(f"{name:>12}" for name in names) + f"{'wrong':>7}"
    )
    for group in GROUPS:
        for (_, family), row in sorted(item for item in rows.items() if item[0][0] == group):
            cells = (f"{row[n]['proved']}/{row[n]['asked']}" if row[n]["asked"] else "-" for n in names)
            first = f"{family:24}{row['all']['networks']:>9}{row['all']['exact']:>7}"
            print(first + "".join(f"{cell:>12}" for cell in cells) + f"{row['all']['wrong']:>7}")
    print()
    for label, key in (
        ("asked", "asked"),
        ("proved", "proved"),
        ("brackets", "brackets"),
        ("  narrower than 1e-6", "tight"),
        ("verdicts", "verdicts"),
        ("  unknown", "undecided"),
        ("witnesses", "witnesses"),
        ("balls", "balls"),
        ("certificates accepted", "accepted"),
        ("forgeries refused", "refused"),
        ("out of time", "late"),
        ("stopped long after that", "overrun"),
        ("wrong", "wrong"),
    ):
        print(f"{label:40}" + "".join(f"{totals[name][key]:>12}" for name in names))
    print(f"{'seconds':40}" + "".join(f"{seconds[name]:>12.0f}" for name in names))
    print()
    files, refused = elsewhere
    told = ", ".join(f"{number} {result}" for result, number in sorted(files.items()))
    wrong = sum(t["wrong"] for t in totals.values()) + len(refused) + len(died)
    if died:
        print(f"WRONG: a process died, and {len(died)} networks were not looked at, among them {died[0][0]}")
    for text in refused:
        print(f"WRONG: a process without Sage: {text}")
    print(", ".join(f"{groups[group]} {group}" for group in GROUPS) + f": {sum(groups.values())} networks")
    print(f"{counts['forged']} forged certificates, {counts['refused']} refused")
    print(f"{files.total()} files checked by processes without Sage: {told or 'none'}")
    print(f"{wrong} wrong answers")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
