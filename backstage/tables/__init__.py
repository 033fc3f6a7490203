"""What your_data.py and playground.py need: a CSV file read as the table it is."""
