r"""
The invariants, written once for all models: ideal, dimension, degree, ED degree, ED discriminant.
"""
