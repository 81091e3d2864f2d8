"""`python -m proof coverage | guards | mutants`: see README.md."""

import argparse
import sys

from proof import branches, mutants


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proof", description="Proof that the tests notice.")
    commands = parser.add_subparsers(dest="command", required=True)
    coverage = commands.add_parser("coverage", help="branches that the whole suite takes, by package")
    coverage.add_argument("--workers", default="auto")
    coverage.add_argument("--renew", action="store_true", help="write branches.yaml anew")
    guards = commands.add_parser("guards", help="what guards is complete by its own tests")
    guards.add_argument("subjects", nargs="*")
    broken = commands.add_parser("mutants", help="broken lines that the tests of their subject let pass")
    broken.add_argument("subjects", nargs="*")
    broken.add_argument("--seed", type=int, default=1)
    broken.add_argument("--minutes", type=float, default=55)
    broken.add_argument("--workers", type=int, default=2)
    said = parser.parse_args()
    if said.command == "coverage":
        return branches.whole(workers=said.workers, renew=said.renew)
    if said.command == "guards":
        return branches.guards(said.subjects)
    return mutants.run(names=said.subjects, seed=said.seed, minutes=said.minutes, workers=said.workers)


if __name__ == "__main__":
    sys.exit(main())
