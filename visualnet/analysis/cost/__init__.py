"""Parameters, multiply-adds, memory and time, forecast by formula from what each layer declares."""
