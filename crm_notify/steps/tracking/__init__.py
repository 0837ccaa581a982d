"""Tracking, in the order of the flow: a save is noticed, pends, and is finished at its end."""
