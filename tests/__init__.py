"""Tests, mirroring the packages; a package itself so that `from tests import naive` finds this one."""
