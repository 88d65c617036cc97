"""`evenhand doctor`: is this machine and installation fit to curate?"""

import json
import sys

from evenhand.parsing import Parser


def parser() -> Parser:
    """The command's options."""
    parser = Parser(
        "doctor",
        "Checks Python, packages, kernels, the language model, cores, memory, disk and how processes start.\n"
        "Exit code 3 if something keeps `curate` from running.",
        "evenhand doctor",
    )
    parser.add_argument("--json", action="store_true", help="the checks as JSON")
    return parser


def run(arguments: list[str]) -> int:
    """Prints one line a check."""
    options = parser().parse(arguments)
    from evenhand.diagnosis import checks

    found = checks()
    if options.json:
        sys.stdout.write(json.dumps([check._asdict() for check in found], indent=1) + "\n")
    else:
        width = max(len(check.name) for check in found)
        for check in found:
            mark = "ok  " if check.ok else "FAIL"
            sys.stdout.write(f"{mark}  {check.name:<{width}}  {check.found}\n")
            if check.hint:
                sys.stdout.write(f"      hint: {check.hint}\n")
    return 0 if all(check.ok for check in found) else 3
