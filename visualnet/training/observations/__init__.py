"""What can be watched of a network: each observation declared once, a folder for each family of them."""
