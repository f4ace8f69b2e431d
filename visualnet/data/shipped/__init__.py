"""Small real data that come with the program, a file each: colour pictures, short texts, a time series. Each has its licence beside it."""
