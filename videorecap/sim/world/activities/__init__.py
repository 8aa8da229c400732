"""The activities of the world."""

from __future__ import annotations

from typing import Final

from videorecap.sim.world.activities.clothes import CLOTHES
from videorecap.sim.world.activities.food import FOOD
from videorecap.sim.world.activities.outside import OUTSIDE
from videorecap.sim.world.activities.sport import SPORT
from videorecap.sim.world.activities.tools import TOOLS
from videorecap.sim.world.activities.work import WORK
from videorecap.sim.world.scenarios import Activity

ACTIVITIES: Final[dict[str, Activity]] = {
    activity.name: activity for activity in (*FOOD, *OUTSIDE, *TOOLS, *CLOTHES, *WORK, *SPORT)
}
