"""The desk of a village or an office: how many houses stand where, whom to call, and the village as one walks it."""
