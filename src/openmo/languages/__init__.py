"""The languages in which OpenMo speaks: which one a reader wants, and every text in it."""
