"""Renderers: from finished data to a terminal, Markdown, HTML, ...; they decide nothing."""
