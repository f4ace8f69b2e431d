"""The panel *Feature maps*: what a layer makes of one sample; and the chooser of that sample."""
