"""Labelling: which side of a training image is cheaper to draw."""

from __future__ import annotations

from eupnea.label.plan import LabelPlan, LabelType, Reason, SizeMeasure, Thresholds
from eupnea.label.strategy import plan_label

__all__ = ["LabelPlan", "LabelType", "Reason", "SizeMeasure", "Thresholds", "plan_label"]
