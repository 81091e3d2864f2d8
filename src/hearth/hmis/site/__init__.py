"""The site as a whole: what a request may hold and where it came from, error pages, health and metrics."""
