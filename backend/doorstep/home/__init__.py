"""A house at one glance: where it stands, what comes next, what waits for its people. One answer for one screen."""
