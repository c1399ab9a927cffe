"""Synthetic lung disease with exactly known truth, laid into real lungs."""

from eupnea.train.disease.families import FAMILIES, Family, Place
from eupnea.train.disease.lay import Diseased, lay_disease
from eupnea.train.disease.site import Lesion, Site

__all__ = ["FAMILIES", "Diseased", "Family", "Lesion", "Place", "Site", "lay_disease"]
