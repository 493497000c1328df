#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes up recurrence rules and has python3-dateutil expand them.

    expand_rules.py SEED COUNT

Prints a line for each rule: rule, first time, and the times, separated by tabs. What dateutil is known to do otherwise
than RFC 5545 says is left out: BYDAY with and without numbers in one rule (it wants both to hold), and BYSETPOS in a
first week that does not begin with `first` (it counts from there on).
"""

import random
import sys
import types
from datetime import datetime, timedelta
from itertools import islice, takewhile

import dateutil.rrule

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
MOST_TIMES = 25
END = datetime(2060, 1, 1)
# It would look for the times of a rule that has none up to the year 9999, a day at a time.
calendar = dateutil.rrule.datetime
dateutil.rrule.datetime = types.SimpleNamespace(**{**vars(calendar), "MAXYEAR": END.year})


def some(dice, values, most):
    return dice.sample(values, dice.randint(1, min(most, len(values))))


def joined(values):
    return ",".join(str(value) for value in values)


def weekdays(dice, frequency, has_months):
    days = some(dice, DAYS, 5)
    if frequency in ("DAILY", "WEEKLY") or dice.random() < 0.4:
        return days
    most = 5 if frequency == "MONTHLY" or has_months else 53
    return [f"{dice.choice([1, -1]) * dice.randint(1, most)}{day}" for day in days]


def make_rule(dice):
    frequency = dice.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    first = datetime(2020, 1, 1) + timedelta(days=dice.randrange(2500), minutes=dice.randrange(24 * 60))
    parts = [f"FREQ={frequency}"]
    if dice.random() < 0.5:
        parts.append(f"INTERVAL={dice.randint(1, 5)}")
    has_months = dice.random() < 0.4
    if has_months:
        parts.append(f"BYMONTH={joined(some(dice, range(1, 13), 6))}")
    if frequency != "WEEKLY" and dice.random() < 0.4:
        choice = [day for day in range(-31, 32) if day != 0]
        parts.append(f"BYMONTHDAY={joined(some(dice, choice, 8))}")
    if dice.random() < 0.5:
        parts.append(f"BYDAY={joined(weekdays(dice, frequency, has_months))}")
    if dice.random() < 0.3:
        parts.append(f"BYHOUR={joined(some(dice, range(24), 3))}")
    if dice.random() < 0.3:
        parts.append(f"BYMINUTE={joined(some(dice, range(60), 3))}")
    week_start = dice.choice(DAYS)
    if dice.random() < 0.5:
        parts.append(f"WKST={week_start}")
    else:
        week_start = "MO"
    if len(parts) > 2 and any(part.startswith("BY") for part in parts) and dice.random() < 0.3:
        positions = [position for position in range(-6, 7) if position != 0]
        parts.append(f"BYSETPOS={joined(some(dice, positions, 2))}")
        if frequency == "WEEKLY":
            first -= timedelta(days=(first.weekday() - DAYS.index(week_start)) % 7)
    end = dice.random()
    if end < 0.2:
        parts.append(f"COUNT={dice.randint(1, 20)}")
    elif end < 0.4:
        parts.append(f"UNTIL={(first + timedelta(days=dice.randrange(1000))).strftime('%Y%m%dT%H%M%S')}")
    dice.shuffle(parts)
    return ";".join(parts), first


def main():
    dice = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        rule, first = make_rule(dice)
        times = takewhile(lambda time: time < END, dateutil.rrule.rrulestr(rule, dtstart=first))
        shown = [time.strftime("%Y-%m-%dT%H:%M") for time in islice(times, MOST_TIMES)]
        print(rule, first.strftime("%Y-%m-%dT%H:%M"), " ".join(shown), sep="\t")


if __name__ == "__main__":
    main()
