"""The shipped networks: their index, their small versions, the steps that their notes propose; and the lessons on them."""
