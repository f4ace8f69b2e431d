"""The strips around the canvas: tabs of projects and sheets, breadcrumbs, find bar, top bar, status bar."""
