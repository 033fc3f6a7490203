"""What your_data.py needs: a CSV file read as the table it is."""
