"""Opening a report again: its rows, the people behind them, what is told of them, two runs side by side."""
