"""Which bounds a "what if" tries: those around the policy's, for every check that has a numeric one."""

from typing import NamedTuple, get_args

from filters import (
    c4_quality,
    decontamination,
    fineweb_quality,
    gopher_quality,
    gopher_repetition,
    language,
    pii,
    toxicity,
)
from filters.checks import Check
from schemas.parameters import Parameters

CHECKS: dict[str, tuple[Check, ...]] = {
    "language": language.CHECKS,
    "gopher_repetition": gopher_repetition.CHECKS,
    "gopher_quality": gopher_quality.CHECKS,
    "c4_quality": c4_quality.CHECKS,
    "fineweb_quality": fineweb_quality.CHECKS,
    "pii": pii.CHECKS,
    "toxicity": toxicity.CHECKS,
    "decontamination": decontamination.CHECKS,
}
STRICTER = (1.25, 1.1)
LOOSER = (1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0, 5.0)
# From a bound of 0, which no factor moves:
WHOLE_FROM_ZERO = (1, 2, 3, 5, 10)
SHARES_FROM_ZERO = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


class Bound(NamedTuple):
    """One step of a grid: the bound that removes, and the one that sends to review."""

    threshold: float
    review: float | None


def grid(check: Check, parameters: Parameters) -> list[Bound]:
    """Bounds from the strictest to the loosest, the policy's among them; empty where the check is off.

    A review band moves by the same factor (from 0: the same difference) as the bound.
    """
    policy = getattr(parameters, check.bound)
    if policy is None:
        return []
    field = type(parameters).model_fields[check.bound]
    whole = int in (field.annotation, *get_args(field.annotation))
    at_most = check.side == "at_most"
    if policy:
        factors = (*(1 / factor for factor in STRICTER), *LOOSER)
        tried = [policy * factor if at_most else policy / factor for factor in factors]
    else:
        tried = list(WHOLE_FROM_ZERO if whole else SHARES_FROM_ZERO) if at_most else []
    readable = (float(f"{bound:.2g}") for bound in tried)
    rounded = {float(round(bound)) if whole else bound for bound in readable} | {float(policy)}
    least, greatest = (
        next((getattr(rule, name) for rule in field.metadata if hasattr(rule, name)), edge)
        for name, edge in (("ge", float("-inf")), ("le", float("inf")))
    )
    allowed = [bound for bound in sorted(rounded, reverse=not at_most) if least <= bound <= greatest]
    review = parameters.review.get(check.bound)
    if review is None:
        return [Bound(bound, None) for bound in allowed]
    return [
        Bound(bound, review * (bound / policy) if policy else review + (bound - policy)) for bound in allowed
    ]
