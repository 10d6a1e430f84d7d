"""What can go wrong at a service, and Hypothesis strategies of plans made of it."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from harness.model import Action, Attempts, Fault, Json, PerKey, Place, Plan, Point


@dataclass(frozen=True)
class Option:
    """One thing that can go wrong with an operation, as its provider or a network would do it."""

    operation: str
    place: Place
    action: Action
    why: str
    """In whose shoes this is: what happens outside the tests that looks like it."""
    attempts: Attempts = "every"
    """Which attempts of an SDK call that tries again by itself."""
    resource: str | None = None
    function: str | None = None
    per_key: PerKey | None = None
    """Within what its calls are counted; None: as the plan says."""
    course: bool = False
    """No failure but another course of things (a customer's bank says no): a story is about it,
    or it isn't; a search of failures leaves it out."""


@dataclass(frozen=True)
class Menu:
    """All that can go wrong at one service; put the mildest first, plans shrink towards it."""

    service: str
    options: tuple[Option, ...]

    def of(self, *operations: str) -> "Menu":
        """The part about these operations."""
        return Menu(self.service, tuple(o for o in self.options if o.operation in operations))

    def counted(self, per_key: PerKey) -> "Menu":
        """The same, counted so whatever a plan says: within the case (False), where calls name no
        entity."""
        return Menu(self.service, tuple(replace(o, per_key=per_key) for o in self.options))

    def doing(self, *actions: str) -> "Menu":
        """The part that does these actions."""
        return Menu(self.service, tuple(o for o in self.options if o.action.do in actions))


def fault(  # a fault in one line has a fault's fields
    at: str,
    do: str,
    *,
    nth: int | None = 1,
    place: Place = "before",
    per_key: PerKey = False,
    attempts: Attempts = "every",
    resource: str | None = None,
    function: str | None = None,
    status: int | None = None,
    code: str | None = None,
    seconds: float | None = None,
    **arguments: Json,
) -> Fault:
    """A fault in one line: ``fault("paystack.initialize", "error", status=503)``.

    ``nth`` None means every call.
    """
    service, operation = at.split(".", 1)
    return Fault(
        at=Point(service=service, operation=operation, function=function, resource=resource),
        nth="every" if nth is None else nth,
        per_key=per_key,
        place=place,
        attempts=attempts,
        do=Action(do=do, status=status, code=code, seconds=seconds, arguments=arguments),
    )


def plans(
    *menus: Menu, most: int, least: int = 0, per_key: PerKey = "one", latest: int = 1
) -> st.SearchStrategy[Plan]:
    """Plans of ``least`` to ``most`` faults, at most one for each call of an operation.

    They shrink to fewer faults, to earlier calls and to options that come first in their menu.

    Args:
        per_key: within what calls are counted, where a menu says nothing else: one entity's,
            whichever gets there first, so that another's pace changes nothing; True for every
            entity's, False for all of the case.
        latest: the last number that is drawn; most calls of an entity are made once.
    """
    choices = [(menu.service, option) for menu in menus for option in menu.options]
    one = st.builds(
        lambda choice, nth: _fault(choice[0], choice[1], nth, per_key),
        st.sampled_from(choices),
        st.integers(1, latest),
    )
    some = st.lists(one, min_size=least, max_size=most, unique_by=_call)
    return some.map(lambda faults: Plan(faults=tuple(sorted(faults, key=lambda f: f.id))))


def _call(fault: Fault) -> tuple[str, str | None, int | str]:
    """Which call a fault is for: no two of a plan are for the same one."""
    return fault.at.what, fault.at.function, fault.nth


def _fault(service: str, option: Option, nth: int, per_key: PerKey) -> Fault:
    return Fault(
        at=Point(
            service=service,
            operation=option.operation,
            resource=option.resource,
            function=option.function,
        ),
        nth=nth,
        per_key=per_key if option.per_key is None else option.per_key,
        place=option.place,
        attempts=option.attempts,
        do=option.action,
    )
