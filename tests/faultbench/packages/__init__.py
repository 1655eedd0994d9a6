"""The peers' own rankings of drifted columns, each made by its package in its own environment."""
