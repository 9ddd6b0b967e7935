"""How grave is it, by when must what happen, what may follow, what should people do first? Pure."""
