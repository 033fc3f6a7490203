"""What check_backward.py needs: a program run apart, watched, and judged line by line."""
