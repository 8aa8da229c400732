"""The paper's systems, and the recipes of every row of its tables that is trained, as data."""
