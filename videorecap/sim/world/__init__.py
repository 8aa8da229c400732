"""The tables of the simulated world: adding a row here adds it to scripts, words and facts.

Only the drawing of a new kind, tool or place, and the movement of a new action, need code.
"""

from videorecap.sim.world.actions import ACTIONS, Action
from videorecap.sim.world.activities import ACTIVITIES
from videorecap.sim.world.goals import DAYTIMES, GOALS, Goal
from videorecap.sim.world.kinds import COLOURS, KINDS, Kind
from videorecap.sim.world.places import PEOPLE, PLACES, Place
from videorecap.sim.world.scenarios import Activity, Step

__all__ = [
    "ACTIONS",
    "ACTIVITIES",
    "COLOURS",
    "DAYTIMES",
    "GOALS",
    "KINDS",
    "PEOPLE",
    "PLACES",
    "Action",
    "Activity",
    "Goal",
    "Kind",
    "Place",
    "Step",
]
