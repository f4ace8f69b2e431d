"""The state of recurrent layers over the steps, and the gates of LSTM and GRU. ``declare`` declares the observations."""
