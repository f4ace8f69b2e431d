"""What is drawn over a sheet: previews, differences, heat map, head-up display, snap guides, hints."""
