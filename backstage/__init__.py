"""Behind the stage: whatever the scripts need that is no lesson, one purpose a room."""
