"""What recurrent layers remember: their state over the steps, and the gates of LSTM and GRU. ``declare`` declares the observations."""
