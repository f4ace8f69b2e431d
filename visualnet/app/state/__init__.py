"""What the window is about: the Studio with its document and selection, the settings, the comparison. No widgets."""
