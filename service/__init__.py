"""Case processes for keeping every child in compulsory school (控辍保学)."""
