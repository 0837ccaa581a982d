"""Read what comes back to the Return-Path: failures, delays, auto-replies and everything else."""

from __future__ import annotations

from crm_notify.rules.bounce.reader import classify
from crm_notify.rules.bounce.value import Bounce, BounceKind

__all__ = ["Bounce", "BounceKind", "classify"]
