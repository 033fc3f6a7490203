"""What playground.py needs: its window, and what it says."""
