"""Training of the model of normal lung: data, synthetic disease, network, export.

Needs the extra `train`, except for `disease`, `acquisition` and `cases`.
"""
